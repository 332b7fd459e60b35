//! The crowds that are not somebody's ordinary visit: programs that mean well, shared machines, and
//! what happens to many at once.

use super::visits::Visit;
use super::{DAY, Gear, HOUR, People, SECOND, popular_password};
use crate::agents;
use crate::names::Name;
use crate::networks::{self, Country};
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};

/// How often somebody is drawn until the country is the right one.
const DRAWS: u32 = 12;

impl People {
    /// An account aggregator, which users agreed to: many users from few addresses, nearly all right.
    pub(crate) fn aggregate(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let knobs = &self.crowds().aggregator;
        let person = self.one_of(rng, knobs.share.in_10_000(), 3);
        let companies = knobs.companies.max(1);
        let company = hash(self.seed, 59, u64::from(person)) % companies;
        let address = company + companies * rng.below((knobs.addresses / companies).max(1));
        let own = hash(self.seed, 61, company);
        // Some say what they are, and some what users say.
        let agent = if own.is_multiple_of(4) {
            agents::desktop(own >> 8)
        } else {
            agents::script(own >> 8)
        };
        let device = hash(self.seed, 62, u64::from(person));
        let client = Client {
            place: networks::server(hash(self.seed, 60, address)),
            agent,
            device: device.is_multiple_of(3).then_some(device),
            endpoint: Endpoint::Api,
        };
        let plan = Plan::success(at_us, Label::honest("aggregator"), client, Name::Of(person));
        // Those whose password has changed since fail until they tell the aggregator.
        let drawn = hash(self.seed, 63, u64::from(person));
        let closed = knobs.closed.in_10_000();
        out.push(if drawn % 10_000 < closed {
            let name = self.nobody(&mut Rng::new(drawn));
            Plan { name, ..plan }.failing(FailureReason::UnknownUser, drawn)
        } else if drawn % 10_000 < closed + knobs.stale.in_10_000() {
            plan.failing(FailureReason::BadPassword, drawn)
        } else {
            plan
        });
    }

    /// One of the people of whom there are so many in 10,000, spread evenly over all.
    fn one_of(&self, rng: &mut Rng, of_10_000: u64, offset: u32) -> u32 {
        let step = u32::try_from(10_000 / of_10_000.max(1))
            .unwrap_or(10_000)
            .min(self.count);
        let which = rng.below_u32((self.count / step).max(1));
        (which * step + offset % step).min(self.count - 1)
    }

    /// An uptime monitor, which logs in to see whether one can.
    pub(crate) fn probe(&self, number: u64, at_us: u64, out: &mut Vec<Plan>) {
        let which = number % self.crowds().monitor.count.max(1);
        let own = hash(self.seed, 64, which);
        let client = Client {
            place: networks::server(own),
            agent: if which.is_multiple_of(2) {
                agents::probe()
            } else {
                agents::script(own)
            },
            device: (which % 3 == 1).then_some(own),
            endpoint: if which.is_multiple_of(2) {
                Endpoint::Web
            } else {
                Endpoint::Api
            },
        };
        let name = Name::Probe(u8::try_from(which % 250).expect("below 250"));
        out.push(Plan::success(at_us, Label::honest("monitor"), client, name));
    }

    /// A forgotten program with an old password, which tries the same thing again and again for
    /// days; of the slots, every other is empty until its turn comes.
    pub(crate) fn stale_client(&self, number: u64, at_us: u64, out: &mut Vec<Plan>) {
        let knobs = &self.crowds().stale_client;
        let slot = number % self.stale_slots();
        let turn = 2 * knobs.days.max(1) * DAY;
        let aged = at_us + hash(self.seed, 65, slot) % turn;
        if aged % turn >= turn / 2 {
            return;
        }
        let own = hash(self.seed, 66, (slot << 32) | (aged / turn));
        let person = u32::try_from(own % u64::from(self.count)).expect("below a 32-bit count");
        let (agent, endpoint) = match (own >> 32) & 7 {
            0..4 => (agents::app(own >> 36), Endpoint::App),
            4..6 => (agents::script(own >> 36), Endpoint::Api),
            _ => (agents::desktop(own >> 36), Endpoint::Web),
        };
        let client = Client {
            place: self.line(person).v4(own),
            agent,
            device: ((own >> 40) & 3 != 0).then_some(own),
            endpoint,
        };
        let label = Label::honest("stale_client");
        let plan = Plan::success(at_us, label, client, Name::Of(person));
        let password = hash(self.seed, 67, own);
        out.push(if password % 10_000 < knobs.closed.in_10_000() {
            let name = self.nobody(&mut Rng::new(own));
            Plan { name, ..plan }.failing(FailureReason::UnknownUser, password)
        } else {
            plan.failing(FailureReason::BadPassword, password)
        });
    }

    /// How many slots there are for stale clients, of which half are taken.
    pub(crate) fn stale_slots(&self) -> u64 {
        (2 * self
            .crowds()
            .stale_client
            .share
            .part_of(u64::from(self.count)))
        .max(2)
    }

    /// A pupil at one of a school's computers, which the whole class uses.
    pub(crate) fn pupil(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let knobs = &self.crowds().lab;
        let lab = rng.below(knobs.count.max(1));
        let country = Country::of_people(hash(self.seed, 68, lab));
        let local = self.calendar().local(at_us, country.utc_offset());
        if !local.at_work() || local.hour >= 16 {
            return;
        }
        let Some(person) = self.drawn_in(country, || self.one_of(rng, knobs.share.in_10_000(), 5))
        else {
            return;
        };
        let own = hash(self.seed, 69, lab);
        let machine = rng.below(knobs.devices.max(1));
        let client = Client {
            place: networks::office_in(country, own),
            agent: agents::desktop(own),
            device: Some(hash(own, 70, machine)),
            endpoint: Endpoint::Web,
        };
        self.at_shared(rng, person, "lab", client, at_us, out);
    }

    /// Somebody at a public terminal: one device for all who pass by.
    pub(crate) fn passer_by(&mut self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let kiosk = rng.below(self.crowds().kiosk.count.max(1));
        let own = hash(self.seed, 71, kiosk);
        let country = Country::of_people(own);
        let local = self.calendar().local(at_us, country.utc_offset());
        if rng.below(100) >= self.calendar().busy(local) {
            return;
        }
        let Some(person) = self.drawn_in(country, || self.somebody(rng)) else {
            return;
        };
        let client = Client {
            place: networks::office_in(country, own >> 8),
            agent: agents::desktop(own >> 16),
            device: Some(hash(own, 72, 0)),
            endpoint: Endpoint::Web,
        };
        if rng.chance(self.crowds().kiosk.signups.in_10_000()) {
            let person = self.join();
            let plan = Plan::success(at_us, Label::honest("kiosk"), client, Name::Of(person));
            self.sign_up_with(rng, plan, out);
        } else {
            self.at_shared(rng, person, "kiosk", client, at_us, out);
        }
    }

    fn drawn_in(&self, country: Country, mut draw: impl FnMut() -> u32) -> Option<u32> {
        (0..DRAWS)
            .map(|_| draw())
            .find(|person| self.country(*person) == country)
    }

    fn at_shared(
        &self,
        rng: &mut Rng,
        person: u32,
        class: &'static str,
        client: Client,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let plan = Plan::success(at_us, Label::honest(class), client, Name::Of(person));
        Visit { person, plan }.attempts(self, rng, out);
    }

    /// Somebody of the first office comes to work on the morning after everybody's password had to
    /// be changed: a third of them type the old one.
    pub(crate) fn after_forced_change(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let step = self.first_office_step();
        let person = rng.below_u32((self.count / step).max(1)) * step;
        let Some(place) = self
            .office(person)
            .filter(|_| self.is_in_first_office(person))
        else {
            return;
        };
        let device = self.device(person, Gear::Work, at_us);
        let client = Client {
            place,
            agent: device.agent,
            device: device.id,
            endpoint: device.endpoint,
        };
        let mut plan = Plan::success(
            at_us,
            Label::honest("forced_change"),
            client,
            Name::Of(person),
        );
        if rng.chance(self.crowds().forced_change.fail.in_10_000()) {
            let old = hash(self.seed, 73, u64::from(person));
            for _ in 0..rng.between(1, 3) {
                out.push(plan.failing(FailureReason::BadPassword, old));
                plan = plan.later(rng.between(4, 25) * SECOND);
            }
            if rng.chance(4_000) {
                out.push(Plan {
                    kind: Kind::PasswordReset,
                    ..plan
                });
                plan = plan.later(rng.between(40, 200) * SECOND);
            }
        }
        out.push(plan);
    }

    /// Somebody follows the mail that asks everybody for a new password.
    pub(crate) fn reset(&self, rng: &mut Rng, at_us: u64, out: &mut Vec<Plan>) {
        let person = self.somebody(rng);
        let Visit { mut plan, .. } = self.visit_of(rng, person, at_us);
        plan.label = Label::honest("reset_wave");
        if rng.chance(2_500) {
            out.push(plan.failing(
                FailureReason::BadPassword,
                hash(self.seed, 73, u64::from(person)),
            ));
            plan = plan.later(rng.between(5, 40) * SECOND);
        }
        let reset = Plan {
            kind: Kind::PasswordReset,
            ..plan
        };
        if rng.chance(400) {
            out.push(reset.failing(FailureReason::Other, 0));
        }
        out.push(reset.later(20 * SECOND));
        plan = plan.later(rng.between(50, 300) * SECOND);
        if rng.chance(600) {
            // What was made up a minute ago is not yet in the fingers.
            let typed = if rng.chance(500) {
                popular_password(rng.below(20))
            } else {
                rng.next()
            };
            out.push(plan.failing(FailureReason::BadPassword, typed));
            plan = plan.later(rng.between(5, 20) * SECOND);
        }
        out.push(plan);
    }

    /// The same attempt again during an outage, a little later; `None` for those who have had enough.
    pub(crate) fn retry(&self, plan: &Plan, rng: &mut Rng, until_us: u64) -> Option<Plan> {
        let outage = &self.crowds().outage;
        if rng.chance(outage.retry.in_10_000()) {
            return Some(plan.later(rng.between(8, 75) * SECOND));
        }
        // Some come back when they hear that it works again.
        let back_us = until_us + rng.below(HOUR);
        rng.chance(6_000).then_some(Plan {
            at_us: back_us.max(plan.at_us),
            ..*plan
        })
    }
}
