//! Visits: somebody comes, from where they are, with what they have there.

use super::{DAY, Fresh, People, SECOND, Spot, Trait};
use crate::agents;
use crate::names::Name;
use crate::networks::{self, Provider};
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};

/// How a person comes this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub person: u32,
    /// The login as it would succeed.
    pub plan: Plan,
}

impl People {
    /// Somebody comes, if the hour is one at which they would: `None` else.
    pub(crate) fn visit(&self, rng: &mut Rng, at_us: u64) -> Option<Visit> {
        let person = self.active(rng);
        let local = self.local(person, at_us);
        if rng.below(100) >= self.calendar().busy(local) {
            return None;
        }
        Some(self.visit_of(rng, person, at_us))
    }

    /// That person comes.
    pub(crate) fn visit_of(&self, rng: &mut Rng, person: u32, at_us: u64) -> Visit {
        if self.is(person, Trait::Script, self.crowds().script.share) {
            return self.script(rng, person, at_us);
        }
        let (spot, place) = self.whereabouts(person, at_us);
        let bits = rng.next();
        let gear = self.gear_at(person, spot, bits);
        let mut device = self.device(person, gear, at_us);
        let place = if spot == Spot::Home {
            self.home_of(person, at_us, gear as u64 & 1, hash(bits, 15, at_us))
        } else {
            place
        };
        let knobs = &self.crowds().devices;
        if rng.chance(knobs.lent.in_10_000()) {
            let own = rng.next();
            let phone = own.is_multiple_of(3);
            device = super::Device {
                id: Some(own),
                agent: if phone {
                    agents::phone(own >> 8)
                } else {
                    agents::desktop(own >> 8)
                },
                endpoint: Endpoint::Web,
                fresh: Fresh::New,
            };
        } else if device.id.is_some() && self.is(person, Trait::Private, knobs.private) {
            device.id = Some(rng.next());
            device.fresh = Fresh::Cleared;
        }
        let class = self.class(person, spot, device.fresh);
        let client = Client {
            place,
            agent: device.agent,
            device: device.id,
            endpoint: device.endpoint,
        };
        let plan = Plan::success(at_us, Label::honest(class), client, Name::Of(person));
        self.visit_with(person, plan)
    }

    fn visit_with(&self, person: u32, mut plan: Plan) -> Visit {
        plan.breached = self.is(person, Trait::Breached, self.crowds().habits.breached);
        Visit { person, plan }
    }

    /// The kind of crowd: the most peculiar thing about the visit.
    fn class(&self, person: u32, spot: Spot, fresh: Fresh) -> &'static str {
        if self.is_launched(person) {
            return "launch";
        }
        match (spot, fresh) {
            (Spot::Travel, _) => "travel",
            (Spot::Vpn, _) => "vpn",
            (Spot::Relay, _) => "relay",
            (_, Fresh::New) => "new_device",
            (_, Fresh::Cleared) => "cleared_cookies",
            (_, Fresh::None) => "no_device",
            (Spot::Office, _) => "office",
            (Spot::Mobile, _) => "mobile",
            (Spot::Home, _) if self.has_ipv6(person) => "home_ipv6",
            (Spot::Home, _) if self.is_renumbered(person) => "home_renumbered",
            (Spot::Home, _) if self.shares_home(person) => "household",
            (Spot::Home, _) => "home",
        }
    }

    /// Somebody's own program, at home or on a rented server, with or without a device of its own.
    fn script(&self, rng: &mut Rng, person: u32, at_us: u64) -> Visit {
        let own = hash(self.seed, 45, u64::from(person));
        let knobs = &self.crowds().script;
        let drawn = self.drawn(person, Trait::ScriptPlace);
        let place = if drawn < knobs.hosted.in_10_000() {
            networks::server(own)
        } else if drawn < knobs.hosted.in_10_000() + knobs.vpn.in_10_000() {
            Provider::of(own >> 16).exit(hash(own, 48, at_us / DAY))
        } else {
            self.office(person)
                .unwrap_or_else(|| self.home(person, at_us))
        };
        // One keeps its cookie, one asks for a new one every time, one has none.
        let device = match own % 10 {
            0..4 => Some(own),
            4..6 => Some(rng.next()),
            _ => None,
        };
        let client = Client {
            place,
            agent: agents::script(own >> 8),
            device,
            endpoint: Endpoint::Api,
        };
        let plan = Plan::success(at_us, Label::honest("script"), client, Name::Of(person));
        self.visit_with(person, plan)
    }

    /// Somebody new: an account is made and, mostly, used a little later.
    pub(crate) fn sign_up(
        &self,
        rng: &mut Rng,
        person: u32,
        class: &'static str,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        let Visit { mut plan, .. } = self.visit_of(rng, person, at_us);
        plan.label = Label::honest(class);
        self.sign_up_with(rng, plan, out);
    }

    /// An account is made and, mostly, used a little later with the same client.
    pub(super) fn sign_up_with(&self, rng: &mut Rng, plan: Plan, out: &mut Vec<Plan>) {
        let mut signup = Plan {
            kind: Kind::Signup,
            ..plan
        };
        if rng.chance(800) {
            out.push(signup.failing(FailureReason::Other, 0));
            signup = signup.later(rng.between(5, 30) * SECOND);
        }
        out.push(signup);
        if rng.chance(self.crowds().signup.follow.in_10_000()) {
            let login = plan.later(rng.between(40, 900) * SECOND);
            if rng.chance(500) {
                out.push(login.failing(FailureReason::BadPassword, rng.next()));
            }
            out.push(login.later(rng.between(8, 30) * SECOND));
        }
    }
}
