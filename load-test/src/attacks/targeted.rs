//! Targeted takeover: the password was phished, the thief sits where the victim sits and shows the
//! program that the victim uses.
//!
//! Each victim is one or two attempts. What a log can see is that many accounts at once are entered
//! on new devices, and the codes that come too late.

use super::thief::honest_device;
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::names::Name;
use crate::networks;
use crate::plan::{Client, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Mfa};
use serde::{Deserialize, Serialize};

/// How phished accounts are entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetedKnobs {
    /// The share of thieves who come from the victim's own city and provider.
    pub near: Percent,
    /// The share of thieves who show the victim's own program.
    pub copied_agent: Percent,
    /// The share of victims who mistyped, or have changed their password since.
    pub wrong: Percent,
    /// Of the victims with a second factor, the share whose code is phished as well and in time.
    pub code_in_time: Percent,
    /// The share of thieves who come back.
    pub again: Percent,
    /// How long after.
    pub again_after: Span,
}

impl TargetedKnobs {
    pub(super) const USUAL: Self = Self {
        near: Percent::new(90),
        copied_agent: Percent::new(90),
        wrong: Percent::new(15),
        code_in_time: Percent::new(40),
        again: Percent::new(30),
        again_after: Span::minutes(10, 600),
    };
}

/// A series of targeted takeovers.
#[derive(Clone, Debug)]
pub struct Targeted {
    label: Label,
    seed: u64,
    knobs: TargetedKnobs,
    victims: u64,
}

impl Targeted {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: TargetedKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            victims: 0,
        }
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        self.victims += 1;
        let person = target.anybody(hash(self.seed, 1, self.victims));
        let place = if rng.chance(self.knobs.near.in_10_000()) {
            target.near(person, rng.next())
        } else {
            networks::home(rng.next())
        };
        let own = super::kit::ordinary(rng.next(), Percent::new(0));
        let usual = target.people.usual_client(person, at_us);
        let (agent, endpoint) = if rng.chance(self.knobs.copied_agent.in_10_000()) {
            (usual.agent, usual.endpoint)
        } else {
            own
        };
        let client = Client {
            place,
            agent,
            endpoint,
            device: honest_device(rng),
        };
        let mut plan = Plan::success(at_us, self.label, client, Name::Of(person));
        if rng.chance(self.knobs.wrong.in_10_000()) {
            let phished = rng.next();
            out.push(plan.failing(FailureReason::BadPassword, phished));
            return;
        }
        if target.people.has_mfa(person) {
            if !rng.chance(self.knobs.code_in_time.in_10_000()) {
                out.push(plan.failing(FailureReason::BadMfa, 0));
                return;
            }
            plan.mfa = Some(Mfa::Passed);
        }
        out.push(plan);
        if rng.chance(self.knobs.again.in_10_000()) {
            out.push(plan.later(self.knobs.again_after.at(rng.next())));
        }
    }
}
