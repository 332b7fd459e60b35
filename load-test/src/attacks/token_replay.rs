//! Token replay: the app's session tokens, stolen from people's phones, are used from elsewhere.
//!
//! One token from a new network, on the tool that its owner uses, with the cookies that were stolen
//! with it, equals a phone that has moved: no log can tell, and the label says so. What can be told
//! is many people's tokens through one place, or another tool.

use super::sources::{SourceKnobs, Sources};
use super::stuffing::StuffingKnobs;
use super::units::{Percent, Span};
use super::{Target, seeds};
use crate::agents;
use crate::names::Name;
use crate::networks;
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::{FailureReason, Kind};
use serde::{Deserialize, Serialize};

/// How stolen tokens are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReplayKnobs {
    /// Where the tokens are used that share a place.
    #[serde(flatten)]
    pub sources: SourceKnobs,
    /// The share of tokens that are used one by one, each from a place of its own.
    pub alone: Percent,
    /// Of those, the share that is used on the owner's own tool, with the owner's cookies.
    pub same_tool: Percent,
    /// Of the other tokens, the share that comes with its owner's device cookie.
    pub with_cookie: Percent,
    /// The share of tokens that are no longer good.
    pub expired: Percent,
    /// The share of good tokens that are used again.
    pub again: Percent,
    /// How long after.
    pub again_after: Span,
}

impl TokenReplayKnobs {
    pub(super) const USUAL: Self = Self {
        sources: SourceKnobs {
            addresses: 12,
            at_once: 4,
            tries: [30, 80],
            neighbours: 1,
            hosting: Percent::new(30),
            infected: Percent::new(0),
            ..StuffingKnobs::PROXIES.sources
        },
        alone: Percent::new(30),
        same_tool: Percent::new(80),
        with_cookie: Percent::new(50),
        expired: Percent::new(30),
        again: Percent::new(30),
        again_after: Span::minutes(5, 120),
    };
}

/// A batch of stolen tokens.
#[derive(Clone, Debug)]
pub struct TokenReplay {
    label: Label,
    seed: u64,
    knobs: TokenReplayKnobs,
    sources: Sources,
    tokens: u64,
}

impl TokenReplay {
    /// The attack of that seed; its events are of that class.
    #[must_use]
    pub fn new(class: &'static str, seed: u64, knobs: TokenReplayKnobs) -> Self {
        Self {
            label: Label::attack(class),
            seed: hash(seed, seeds::PAIRS, 0),
            knobs,
            sources: Sources::new(hash(seed, seeds::SOURCES, 0), knobs.sources),
            tokens: 0,
        }
    }

    /// How many attempts one strike makes, in thousandths.
    pub(super) fn attempts(&self) -> u64 {
        let good = 10_000 - self.knobs.expired.in_10_000();
        1_000 + good * self.knobs.again.in_10_000() / 100_000
    }

    pub(super) fn strike(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        at_us: u64,
        out: &mut Vec<Plan>,
    ) {
        self.tokens += 1;
        let (person, owner) = target.app_user(hash(self.seed, 1, self.tokens), at_us);
        let (client, label) = self.client(target, rng, owner, at_us);
        let plan = Plan {
            kind: Kind::Token,
            ..Plan::success(at_us, label, client, Name::Of(person))
        };
        if rng.chance(self.knobs.expired.in_10_000()) {
            out.push(plan.failing(FailureReason::Expired, 0));
            return;
        }
        out.push(plan);
        if rng.chance(self.knobs.again.in_10_000()) {
            out.push(plan.later(self.knobs.again_after.at(rng.next())));
        }
    }

    fn client(
        &mut self,
        target: &Target,
        rng: &mut Rng,
        owner: Client,
        at_us: u64,
    ) -> (Client, Label) {
        let alone = rng.chance(self.knobs.alone.in_10_000());
        if alone && rng.chance(self.knobs.same_tool.in_10_000()) {
            let client = Client {
                place: networks::home(rng.next()),
                ..owner
            };
            return (client, self.label.undecidable());
        }
        let number = if alone {
            // Far from the numbers of the shared places.
            u32::MAX - rng.below_u32(1 << 24)
        } else {
            self.sources.pick(rng, at_us)
        };
        let device = if rng.chance(self.knobs.with_cookie.in_10_000()) {
            owner.device
        } else {
            Some(rng.next())
        };
        let client = Client {
            place: self.sources.place(target, rng, number, at_us),
            agent: agents::app(hash(self.seed, 3, u64::from(number))),
            device,
            endpoint: Endpoint::App,
        };
        (client, self.label)
    }
}
