//! Signals: facts -> weighted reasons. One family a file; the published figure of each stands in
//! the policy, its source in `docs/detection.md`.

mod breadth;
mod excess;
mod explicit;
mod identity;
mod password;
mod timing;
mod under_fire;
mod volume;
pub mod weigh;

pub use excess::stranger;
pub use explicit::{asks_for, explicit};
pub use identity::doubt;
pub use password::breached_unlearned;

use crate::card::{CardGroup, Marks, Trait, Weights};
use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::pattern::{DeviceState, Pattern, PlaceState};
use crate::service::lanes::LaneFacts;
use crate::service::{Likeness, Service};
use crate::source::SourceFacts;
use crate::user::Retries;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason};
use credsieve_models::{Lane, Policy};
use serde::{Deserialize, Serialize};

/// What is known about the attempt's user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that are there or not")]
pub struct UserFacts {
    /// The attempt's device is one that the user is known by, and no copy.
    pub known_device: bool,
    /// The attempt's device has the token of such a one, but comes from another program and another place: a copy.
    pub copied_device: bool,
    /// How near the attempt's place is to those that the user is known by.
    pub place: PlaceState,
    /// The tool is one that the user is known by.
    pub knows_tool: bool,
    /// The agent is the one that the user came with last.
    pub knows_agent: bool,
    /// The password is one that was right for this user before.
    pub good_password: bool,
    /// Some tool or agent of the user's is known …
    pub has_tool: bool,
    /// … and some password that was right.
    pub has_password: bool,
    /// The log-odds that the account is an attack's own, by its sign-up; 0 where nothing is held against that.
    pub doubt: LogOdds,
    /// Logins learned from.
    pub logins: u32,
    /// When the user signed up, where no login has followed yet.
    pub signed_s: Option<u32>,
    /// For a name that never succeeded: networks that tried it.
    pub tried_from: u32,
    /// The last stranger who failed did so from this network, within 45 minutes.
    pub failed_here: bool,
    /// A lane of what was flagged from there in that time: failures, tokens.
    pub flagged_here: Option<Lane>,
    /// Distinct addresses of strangers from which the user failed in 30 to 45 minutes.
    pub failing_addresses: u32,
    /// Distinct ASNs likewise, as far as they are told apart.
    pub failing_asns: u32,
    /// Distinct countries likewise.
    pub failing_countries: u32,
    /// Seconds since the last login.
    pub since_login_s: u32,
    /// Seconds since the last success that was suspect.
    pub since_suspect_s: u32,
    /// The same wrong thing came from the same place for a while.
    pub same_again: bool,
    /// How many wrong passwords came from the same place of late.
    pub passwords: u32,
    /// How often the same wrong password came in the same program from elsewhere, since 45 minutes or longer.
    pub elsewhere: u32,
    /// How the program goes on with the name, from the same autonomous system.
    pub retries: Retries,
    /// The explicit rate limit of the user is exceeded.
    pub over_limit: bool,
}

impl UserFacts {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            since_login_s: u32::MAX,
            since_suspect_s: u32::MAX,
            ..Self::default()
        }
    }
}

/// Everything that is known about an attempt when it is judged.
pub struct Known<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The attempt.
    pub frame: &'a Frame,
    /// Its lane.
    pub lane: Lane,
    /// The watermark in seconds.
    pub at_s: i64,
    /// What the Source room said.
    pub source: &'a SourceFacts,
    /// What the Entity room said.
    pub entity: &'a EntityFacts,
    /// What is known about the user.
    pub user: &'a UserFacts,
    /// What is known about everybody.
    pub service: &'a Service,
    /// The joint pattern.
    pub pattern: Pattern,
    /// Neither device nor place is the user's.
    pub stranger: bool,
    /// What comes in the lane.
    pub lane_facts: LaneFacts,
    /// How like the attack the values of a stranger's attempt are.
    pub likeness: Likeness,
    /// Of a stranger: what each trait comes to on the card.
    pub marks: Option<Marks>,
    /// … and what they weigh.
    weights: Option<Weights>,
}

impl<'a> Known<'a> {
    /// Puts together what is known.
    #[must_use]
    pub fn new(
        policy: &'a Policy,
        frame: &'a Frame,
        at_s: i64,
        (source, entity, user): (&'a SourceFacts, &'a EntityFacts, &'a UserFacts),
        service: &'a Service,
    ) -> Self {
        let owners = entity.device.owners;
        let device = match frame.device {
            None => DeviceState::None,
            Some(_) if user.known_device => DeviceState::Known,
            Some(_) if owners >= SHARED_DEVICE => DeviceState::Shared,
            Some(_) if owners >= 1 => DeviceState::Others,
            Some(_) => DeviceState::New,
        };
        let at_home = user.place == PlaceState::Address
            && (frame.tool.is_none() || user.knows_tool || user.knows_agent);
        let lane = frame.lane();
        let mut lane_facts = service.lane_facts(at_s, lane, policy.decision.prior.0.0);
        // A campaign of the service's own brings sign-ups: their number alone convicts nobody.
        if CardGroup::of(lane) == CardGroup::Signup && !service.sign_ups_fall_short(at_s) {
            lane_facts.excess = lane_facts.excess.min(SIGN_UPS_MOST);
        }
        let mut known = Self {
            policy,
            frame,
            lane,
            at_s,
            source,
            entity,
            user,
            service,
            pattern: Pattern {
                device,
                place: user.place,
                history: Pattern::history_of(user.logins),
                standing: Pattern::standing_of(source.ip.good_users),
            },
            stranger: !(user.known_device || at_home),
            lane_facts,
            likeness: Likeness::default(),
            marks: None,
            weights: None,
        };
        if known.stranger {
            known.likeness = service.likeness(at_s, frame, source.in_session, user.retries);
            let marks = Marks::of(&known);
            known.marks = Some(marks);
            let group = CardGroup::of(lane);
            let hindsight = service.hindsight();
            let weights = Weights::of(group, &marks, known.known_by(), hindsight, |of| {
                known.tells(of)
            });
            known.weights = Some(weights);
        }
        known
    }

    /// The user failed from here before, or sent the same wrong thing.
    #[must_use]
    pub fn tries_again(&self) -> bool {
        self.user.same_again || self.user.failed_here
    }

    /// What traits weigh together on the card, for a stranger.
    #[must_use]
    pub fn weigh(&self, traits: &[Trait]) -> LogOdds {
        let weights = self.weights.as_ref();
        LogOdds(weights.map_or(0, |weights| traits.iter().map(|of| weights.by(*of)).sum()))
    }

    /// What it weighs to be a stranger here, whatever comes in excess.
    fn level(&self) -> i32 {
        self.weights.map_or(0, |weights| weights.level())
    }

    /// How much of the score of a stranger was learned in hindsight, in 1/256 nat.
    #[must_use]
    pub fn shifted(&self) -> i32 {
        self.weights.map_or(0, |weights| weights.shifted())
    }

    /// By how many parts, of how many, it is known here what people do: by all of them, but where
    /// too few come for ten minutes to tell, and days say that most of them are no people.
    #[must_use]
    pub fn known_by(&self) -> (i32, i32) {
        let facts = &self.lane_facts;
        let learned = self.service.lanes().learned().min(HARDLY_KNOWN);
        if facts.by_days && facts.excess > 0 {
            (learned, HARDLY_KNOWN)
        } else {
            (HARDLY_KNOWN, HARDLY_KNOWN)
        }
    }

    /// Whether the attempt has a reason that shows a trait.
    fn tells(&self, of: Trait) -> bool {
        let frame = self.frame;
        match of {
            Trait::Network => frame.asn.is_some() || frame.country.is_some(),
            Trait::Tool | Trait::Pairing => frame.tool.is_some() || frame.agent.is_some(),
            Trait::DeviceUsers => frame.device.is_some(),
            Trait::Password => frame.password.is_some(),
            Trait::Again => {
                frame.user.is_some() && (frame.password.is_some() || self.tries_again())
            }
            Trait::Pattern | Trait::PlaceHistory | Trait::Device => frame.user.is_some(),
            Trait::Endpoint => frame.endpoint.is_some(),
            Trait::MailDomain | Trait::NameForm => frame.shape.form != 0,
            Trait::Since => self.user.logins > 0,
            // What did not happen is shown by no reason.
            Trait::NearNames
            | Trait::Suspect
            | Trait::TriedFrom
            | Trait::FailingAddresses
            | Trait::Kin
            | Trait::OwnTool
            | Trait::RightBefore
            | Trait::Elsewhere => {
                frame.user.is_some() && self.marks.is_some_and(|marks| marks.step(of) > 0)
            }
            Trait::Pace | Trait::Slow => self.marks.is_some_and(|marks| marks.step(of) > 0),
            _ => true,
        }
    }

    /// Whether many good users share the address.
    #[must_use]
    pub fn shared(&self) -> bool {
        self.source.ip.good_users >= self.policy.standing.shared_users
    }
}

/// The most that the number of sign-ups says by itself.
const SIGN_UPS_MOST: i32 = 4 * LogOdds::NAT;

/// A service that is learned by less than this, of 256, is hardly known: under 2,000 trusted successes.
pub const HARDLY_KNOWN: i32 = 128;

/// From so many users on a device is shared.
const SHARED_DEVICE: u32 = 5;

/// Hardly any attempt has more reasons.
const MOST_REASONS: usize = 24;

/// The error of distinct counts, in 1/1,000: a pair filter at its stated fill misses at most one
/// first sight in a hundred. They come out low, never high.
const DISTINCT_ERROR_PERMILLE: u16 = 10;

/// Every reason that the facts give, in a fixed order.
#[must_use]
pub fn reasons(known: &Known<'_>) -> Vec<Reason> {
    let mut reasons = Vec::with_capacity(MOST_REASONS);
    excess::reasons(known, &mut reasons);
    volume::reasons(known, &mut reasons);
    breadth::reasons(known, &mut reasons);
    password::reasons(known, &mut reasons);
    under_fire::reasons(known, &mut reasons);
    identity::reasons(known, &mut reasons);
    timing::reasons(known, &mut reasons);
    let off = &known.policy.signals.off;
    reasons.retain(|reason| {
        reason.weight.0 != 0 && (off.is_empty() || !off.contains(&reason.signal()))
    });
    reasons
}

/// A counted reason that weighs less is not told by itself where nobody is challenged.
const TOLD_FROM: i32 = LogOdds::NAT / 8;

/// Makes what hardly weighs part of what it weighs to be a stranger, where that is a reason: the sum is the same, and
/// a verdict of half the length.
pub fn tell_what_counts(reasons: &mut Vec<Reason>) {
    let is_first = |reason: &Reason| reason.measure == Measure::Stranger;
    if !reasons.iter().any(is_first) {
        return;
    }
    let mut hardly = 0;
    reasons.retain(|reason| {
        let by_hand = matches!(reason.family, Family::List | Family::RateLimit);
        let is_told = by_hand || is_first(reason) || reason.weight.0.abs() >= TOLD_FROM;
        if !is_told {
            hardly += reason.weight.0;
        }
        is_told
    });
    for first in reasons.iter_mut().filter(|reason| is_first(reason)) {
        first.weight.0 += hardly;
    }
}

#[cfg(test)]
mod tests;
