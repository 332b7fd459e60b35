//! The honest: people at home, on the move and in offices, and two machines that mean well.
//!
//! Nobody is stored. What a person is (devices, home, employer, habits) is a hash of the person's
//! number, so that ten million people cost no memory and a seed gives the same people for ever.

use crate::agents;
use crate::names::Name;
use crate::networks::{self, Place};
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind, Mfa};

const SECOND: u64 = 1_000_000;
const DAY: u64 = 86_400 * SECOND;

/// How many people work in the first office, where there are enough.
const FIRST_OFFICE: u64 = 700;

/// Everybody who has an account, and where they work.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// What they are is drawn from this.
    pub seed: u64,
    /// How many there are; the first names are theirs.
    pub count: u32,
    /// How many offices they work in; hundreds of them in the first.
    pub offices: u32,
}

/// How a person comes this time.
struct Visit {
    person: u32,
    traits: u64,
    plan: Plan,
}

/// The digest of one of the passwords that people love most, and sprays therefore try.
#[must_use]
pub fn popular_password(rank: u64) -> u64 {
    hash(0, 0x7077, rank)
}

/// Traits are bits of one hash.
fn trait_in_100(traits: u64, which: u32, percent: u64) -> bool {
    (traits.rotate_right(which * 9) & 0x3ff) * 100 < percent * 1024
}

impl People {
    fn traits(&self, person: u32) -> u64 {
        hash(self.seed, 1, u64::from(person))
    }

    /// Somebody, some more often than others.
    pub fn somebody(&self, rng: &mut Rng) -> u32 {
        rng.below_u32(self.count).min(rng.below_u32(self.count))
    }

    /// A name that nobody here has.
    pub fn nobody(&self, rng: &mut Rng) -> Name {
        Name::Of(self.count + rng.below_u32(u32::MAX / 2 - self.count.min(u32::MAX / 4)))
    }

    /// Does this account ask for a second factor?
    #[must_use]
    pub fn has_mfa(&self, person: u32) -> bool {
        trait_in_100(self.traits(person), 1, 20)
    }

    /// The home of a person, which a housemate shares and which changes every few weeks.
    #[must_use]
    pub fn home(&self, person: u32, at_us: u64) -> Place {
        let household = u64::from(person / 2);
        let moved = (at_us + hash(self.seed, 2, household) % (21 * DAY)) / (21 * DAY);
        networks::home(hash(self.seed, 3, household * 4096 + moved))
    }

    fn office(&self, person: u32) -> Option<Place> {
        let traits = self.traits(person);
        if self.offices == 0 || !trait_in_100(traits, 2, 30) {
            return None;
        }
        let employed = u64::from(self.count) * 30 / 100;
        let in_first = FIRST_OFFICE.min(employed / 2);
        let others = u64::from(self.offices - 1);
        let which =
            if others == 0 || hash(self.seed, 17, u64::from(person)) % employed.max(1) < in_first {
                0
            } else {
                1 + (traits >> 1) % others
            };
        Some(networks::office(hash(self.seed, 4, which)))
    }

    /// One visit of somebody: one or several attempts.
    pub fn visit(&self, rng: &mut Rng, at_us: u64, working_hours: bool, out: &mut Vec<Plan>) {
        let person = self.somebody(rng);
        let traits = self.traits(person);
        let office = self
            .office(person)
            .filter(|_| working_hours && rng.chance(7_000));
        let (place, class, on_phone) = match office {
            Some(place) => (place, "office", rng.chance(500)),
            None if rng.chance(3_500) => {
                let cell = u64::from(person) * 64 + at_us / (DAY / 24);
                (networks::mobile(hash(self.seed, 5, cell)), "mobile", true)
            }
            None if rng.chance(300) => (networks::hosted(rng.next()), "vpn", false),
            None => (self.home(person, at_us), "home", rng.chance(3_000)),
        };
        let client = self.client(rng, person, place, on_phone, at_us);
        let mut plan = Plan::success(at_us, Label::honest(class), client, Name::Of(person));
        plan.breached = trait_in_100(traits, 3, 3);
        Visit {
            person,
            traits,
            plan,
        }
        .attempts(self, rng, out);
    }

    fn client(&self, rng: &mut Rng, person: u32, place: Place, phone: bool, at_us: u64) -> Client {
        // A device lasts a year or so; in one of 200 visits it is somebody else's, or wiped.
        let age = (at_us + hash(self.seed, 6, u64::from(person)) % (300 * DAY)) / (300 * DAY);
        let usual = hash(
            self.seed,
            7,
            u64::from(person) * 1024 + age * 2 + u64::from(phone),
        );
        let device = if rng.chance(50) { rng.next() } else { usual };
        let uses_app = phone && device & 2 == 0;
        // A few have written a script for what they do every day.
        let scripted = trait_in_100(self.traits(person), 5, 1);
        let (agent, endpoint) = match (phone, uses_app) {
            _ if scripted => (agents::script(device), Endpoint::Api),
            (true, true) => (agents::app(device), Endpoint::App),
            (true, false) => (agents::phone(device), Endpoint::Web),
            (false, _) => (agents::desktop(device), Endpoint::Web),
        };
        Client {
            place,
            agent,
            device: (!rng.chance(1_200)).then_some(device),
            endpoint,
        }
    }

    /// Somebody new: an account is made and, mostly, used a little later.
    pub fn sign_up(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let Name::Of(person) = self.nobody(rng) else {
            return;
        };
        let phone = rng.chance(5_000);
        let client = self.client(rng, person, self.home(person, at_us), phone, at_us);
        let login = Plan::success(at_us, Label::honest("signup"), client, Name::Of(person));
        let mut signup = Plan {
            kind: Kind::Signup,
            ..login
        };
        if rng.chance(800) {
            out.push(signup.failing(FailureReason::Other, 0));
            signup = signup.later(rng.between(5, 30) * SECOND);
        }
        out.push(signup);
        if rng.chance(6_500) {
            out.push(login.later(rng.between(10, 900) * SECOND));
        }
    }

    /// An account aggregator, which users agreed to: many users from few addresses, nearly all right.
    pub fn aggregate(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let person = self.somebody(rng) / 20 * 20;
        let client = Client {
            place: networks::hosted(hash(self.seed, 8, rng.below(4))),
            agent: agents::script(if rng.chance(5_000) {
                3
            } else {
                hash(self.seed, 9, 0)
            }),
            device: rng
                .chance(2_000)
                .then(|| hash(self.seed, 10, u64::from(person))),
            endpoint: Endpoint::Api,
        };
        let plan = Plan::success(at_us, Label::honest("aggregator"), client, Name::Of(person));
        // Those whose password has changed since fail until they tell the aggregator.
        let stale = hash(self.seed, 11, u64::from(person)).is_multiple_of(40);
        out.push(if stale {
            plan.failing(
                FailureReason::BadPassword,
                hash(self.seed, 12, u64::from(person)),
            )
        } else {
            plan
        });
    }

    /// An uptime monitor, which logs in to see whether one can.
    pub fn probe(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let which = u8::from(rng.chance(5_000));
        let client = Client {
            place: networks::hosted(hash(self.seed, 13, u64::from(which))),
            agent: agents::probe(),
            device: None,
            endpoint: Endpoint::Web,
        };
        out.push(Plan::success(
            at_us,
            Label::honest("monitor"),
            client,
            Name::Probe(which),
        ));
    }

    /// A forgotten program with an old password, which tries the same thing again and again.
    pub fn stale_client(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let person = rng.below_u32(self.count.min(12));
        let device = hash(self.seed, 14, u64::from(person));
        let client = Client {
            place: networks::home(device),
            agent: agents::app(device),
            device: Some(device),
            endpoint: Endpoint::App,
        };
        let plan = Plan::success(
            at_us,
            Label::honest("stale_client"),
            client,
            Name::Of(person),
        );
        out.push(plan.failing(FailureReason::BadPassword, hash(self.seed, 15, device)));
    }
}

impl Visit {
    fn attempts(self, people: &People, rng: &mut Rng, out: &mut Vec<Plan>) {
        let Self {
            person,
            traits,
            mut plan,
        } = self;
        let manager = trait_in_100(traits, 4, 35);
        if rng.chance(400) {
            // The page asks for the name first.
            let Client { device, .. } = plan.client;
            let seen = device.is_some() && rng.chance(9_000);
            let lookup = Plan {
                kind: Kind::Lookup,
                ..plan
            };
            out.push(if seen {
                lookup
            } else {
                lookup.failing(FailureReason::UnknownUser, 0)
            });
            plan = plan.later(rng.between(4, 20) * SECOND);
        }
        match rng.below(1_000) {
            // The name is mistyped.
            0..12 if !manager => {
                let bits = u16::try_from(rng.below(1 << 16)).expect("16 bits");
                let password = hash(people.seed, 16, u64::from(person));
                let slip = Plan {
                    name: Name::Mistyped(person, bits),
                    ..plan
                };
                out.push(slip.failing(FailureReason::UnknownUser, password));
                plan = plan.later(rng.between(3, 20) * SECOND);
            }
            // The password is forgotten: several guesses, then a new one.
            12..17 => {
                for _ in 0..rng.between(2, 5) {
                    let guess = if rng.chance(1_000) {
                        popular_password(rng.below(8))
                    } else {
                        rng.next()
                    };
                    out.push(plan.failing(FailureReason::BadPassword, guess));
                    plan = plan.later(rng.between(5, 25) * SECOND);
                }
                out.push(Plan {
                    kind: Kind::PasswordReset,
                    ..plan
                });
                plan = plan.later(rng.between(60, 240) * SECOND);
            }
            // The password is mistyped; some type the same wrong thing once more; some give up.
            17..87 if !manager => {
                let typed = rng.next();
                out.push(plan.failing(FailureReason::BadPassword, typed));
                plan = plan.later(rng.between(3, 15) * SECOND);
                if rng.chance(2_500) {
                    out.push(plan.failing(FailureReason::BadPassword, typed));
                    plan = plan.later(rng.between(3, 20) * SECOND);
                }
                if rng.chance(800) {
                    return;
                }
            }
            _ => {}
        }
        if people.has_mfa(person) {
            if rng.chance(250) {
                out.push(plan.failing(FailureReason::BadMfa, 0));
                plan = plan.later(rng.between(10, 40) * SECOND);
            }
            plan.mfa = Some(Mfa::Passed);
        }
        out.push(plan);
    }
}
