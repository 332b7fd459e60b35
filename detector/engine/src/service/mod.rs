//! The Service room: what is about everybody, merged. One, not sharded.
//!
//! It learns what today's honest traffic looks like and what the attack looks like, as far as one
//! runs: [`lanes`] say how much more comes than trusted successes lead one to expect, [`cells`] and
//! [`values`] what that surplus has in common. What it knows of tick t is in force from t + D, for
//! every room; lists and the policy are facts of the same kind, in force from the moment that an
//! attempt's watermark reaches them.

pub mod bulk;
pub mod campaigns;
pub mod cells;
pub mod follow_through;
pub mod hindsight;
pub mod lanes;
mod learn;
mod likeness;
pub mod limits;
pub mod shown;
pub mod shows;
pub mod values;

use crate::delta::{Change, Link};
use crate::entity::{LinkFacts, Links, SavedLinks};
use crate::pattern::Pattern;
use crate::score::SURER;
use crate::state::budget::Budget;
use crate::state::memo::Memo;
use bulk::NamesThere;
use campaigns::{Campaigns, Found, Member, SavedCampaigns};
use cells::Cells;
use credsieve_models::campaign::Campaign;
use credsieve_models::key::Domain;
use credsieve_models::lists::Lists;
use credsieve_models::policy::State;
use credsieve_models::verdict::LogOdds;
use credsieve_models::{KeyHasher, Lane};
use follow_through::FollowThrough;
use hindsight::Hindsight;
use lanes::{LaneFacts, Lanes};
pub use likeness::{Likeness, pairing};
use limits::Limits;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use values::{SavedValues, Values};

/// The log-odds from which attempts are challenged while a service of some size is not known at all.
const GENTLE: i32 = 5 * LogOdds::NAT;
/// By so much less at most where those who were challenged already did not turn out to be people.
const BORNE_OUT: i32 = 2 * LogOdds::NAT;
/// The log-odds from which a stranger is challenged whose login fails while the service itself does: who is a person then shows
/// it by nothing, and all come at once.
const OUTAGE: LogOdds = LogOdds(7 * LogOdds::NAT / 4);

/// The room.
pub struct Service {
    hasher: KeyHasher,
    /// People that may be challenged, in 1/100,000.
    people_budget: u64,
    asns: Links,
    lanes: Lanes,
    cells: Cells,
    values: Values,
    limits: Limits,
    follow: FollowThrough,
    hindsight: Hindsight,
    campaigns: Campaigns,
    /// What campaigns opened, grew or closed and is not told yet.
    told: Vec<Campaign>,
    lists: Arc<Lists>,
    /// Lessons so far: what was answered before the last one no longer holds.
    lessons: u64,
    answers: Answers,
}

/// Answers that hold until the next lesson or second: in dense traffic the same is asked over and over.
#[derive(Default)]
struct Answers {
    lanes: Memo<(usize, i32), LaneFacts, 32>,
    limits: Memo<usize, LogOdds, 32>,
    patterns: Memo<(usize, Pattern), i32, 256>,
    values: Memo<(usize, u64), i32, 512>,
}

/// The facts in force for one attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The attempt's ASN.
    pub asn: LinkFacts,
}

impl Service {
    /// Bytes of lanes, cells, limits, hindsight, campaigns and answers, whatever the policy says.
    #[expect(clippy::cast_possible_truncation, reason = "a megabyte or two")]
    pub const FIXED_BYTES: usize = State::FIXED_BYTES as usize;

    /// The empty room.
    #[must_use]
    pub fn new(budget: &Budget, hasher: KeyHasher, people_per_100_000: u32) -> Self {
        Self {
            people_budget: u64::from(people_per_100_000),
            hasher,
            asns: Links::with_bytes(budget.asns / 2),
            lanes: Lanes::default(),
            cells: Cells::default(),
            values: Values::with_bytes(budget.asns / 2),
            limits: Limits::default(),
            follow: FollowThrough::default(),
            hindsight: Hindsight::default(),
            campaigns: Campaigns::with_bytes(budget.ties),
            told: Vec::new(),
            lists: Arc::default(),
            lessons: 0,
            answers: Answers::default(),
        }
    }

    /// Applies a late write.
    pub fn apply(&mut self, change: &Change) {
        if let Change::Failed {
            link: Link::Asn,
            key,
            pane,
            sight,
        } = *change
        {
            let slot = self.slot(key);
            self.asns.failed(slot, key, pane, sight);
        }
    }

    /// The open campaign that an attempt would belong to.
    #[must_use]
    pub fn campaign_of(&self, member: &Member) -> Option<Found> {
        let telling = self.is_telling_tool(i64::from(member.at_s), member.tool);
        self.campaigns.of(&self.hasher, member, telling)
    }

    /// Ends campaigns that were silent, and takes what there is to tell of all.
    pub fn tell_campaigns(&mut self, now_ms: i64) -> Vec<Campaign> {
        self.campaigns.sweep(now_ms, &mut self.told);
        std::mem::take(&mut self.told)
    }

    /// The log-odds from which an attempt of a lane is challenged.
    #[must_use]
    pub fn limit(&self, at_s: i64, lane: Lane) -> LogOdds {
        let (asked, lane_number) = ((at_s, self.lessons), lane.index());
        let memo = &self.answers.limits;
        memo.ask(asked, lane_number, lane_number, || {
            let mut limit = self.limits.of(lane);
            if lane == Lane::LoginOther && self.lanes.is_outage(at_s) {
                limit = limit.max(OUTAGE);
            }
            // A small service's budget is less than a person: it cannot be seen to be unused.
            if self.lanes.is_small(at_s) {
                limit = limit.max(LogOdds(0));
            }
            self.gentle(at_s, limit, self.limits.borne_out_by(lane, at_s))
        })
    }

    /// The lowest limit of a look-up from an address where so many names are looked up.
    #[must_use]
    pub fn lowest_of_look_ups(&self, names: NamesThere, from: u64) -> LogOdds {
        self.limits.lowest_of_look_ups(names, from)
    }

    /// The log-odds from which a question about a login is answered with a challenge.
    #[must_use]
    pub fn limit_of_question(&self, at_s: i64) -> LogOdds {
        self.gentle(at_s, self.limits.of_question(), 0)
    }

    /// The same for an attempt that is scored again.
    #[must_use]
    pub fn limit_again(&self, at_s: i64, lane: Lane) -> LogOdds {
        self.gentle(at_s, self.limits.of_again(lane), 0)
    }

    /// `borne_out`: how much more right the scores have been here than they say.
    fn gentle(&self, at_s: i64, limit: LogOdds, borne_out: i32) -> LogOdds {
        // While nobody is known, everybody looks like a stranger: only the loud are challenged. In a
        // small service that would last for weeks.
        let gentle = if self.lanes.is_small(at_s) {
            SURER.0
        } else {
            GENTLE - borne_out.min(BORNE_OUT)
        };
        LogOdds(limits::gently(limit.0, gentle, self.lanes.learned()))
    }

    /// Whether clearly fewer of those who sign up go on to log in than is usual.
    #[must_use]
    pub fn sign_ups_fall_short(&self, at_s: i64) -> bool {
        self.follow.falls_short(at_s)
    }

    /// What traits weigh here beside the card.
    #[must_use]
    pub fn hindsight(&self) -> &Hindsight {
        &self.hindsight
    }

    /// What the lanes look like.
    #[must_use]
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How much more like the attack than like people a pattern is, in 1/256 nat.
    #[must_use]
    pub fn pattern_weight(&self, at_s: i64, lane: Lane, pattern: Pattern) -> i32 {
        let asked = (at_s, self.lessons);
        let number = pattern.index() * Lane::COUNT + lane.index();
        let memo = &self.answers.patterns;
        memo.ask(asked, number, (lane.index(), pattern), || {
            self.cells.weight(at_s, lane, pattern)
        })
    }

    /// What a lane looks like now. `quiet` is the log-odds of an attempt in a lane without excess.
    #[must_use]
    pub fn lane_facts(&self, at_s: i64, lane: Lane, quiet: i32) -> LaneFacts {
        let (asked, number) = ((at_s, self.lessons), lane.index());
        let memo = &self.answers.lanes;
        memo.ask(asked, number, (number, quiet), || {
            self.lanes.facts(lane, at_s, quiet)
        })
    }

    /// The facts in force for an attempt from `asn`.
    #[must_use]
    pub fn facts(&self, asn: Option<u32>, pane: i64) -> Facts {
        Facts {
            asn: asn.map_or_else(LinkFacts::default, |asn| {
                let key = u64::from(asn);
                self.asns.facts(self.slot(key), key, pane)
            }),
        }
    }

    /// The lists in force.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Puts other lists in force.
    pub fn set_lists(&mut self, lists: Arc<Lists>) {
        self.lists = lists;
    }

    /// (bytes, live entities, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        let (asns, values, ties) = (
            self.asns.usage(),
            self.values.usage(),
            self.campaigns.usage(),
        );
        (
            asns.0 + values.0 + ties.0 + Self::FIXED_BYTES,
            asns.1 + values.1 + ties.1,
            asns.2 + values.2 + ties.2,
        )
    }

    pub(crate) fn adopt(&mut self, saved: SavedService) -> bool {
        self.lessons += 1;
        self.lanes = saved.1;
        self.cells = saved.2;
        self.limits = saved.4;
        self.follow = saved.6;
        self.hindsight = saved.7;
        self.hindsight.make_room();
        self.hindsight.is_sound()
            && self.limits.is_sound()
            && self.asns.adopt(saved.0)
            && self.values.adopt(saved.3)
            && self.campaigns.adopt(saved.5)
    }

    fn slot(&self, key: u64) -> u64 {
        self.hasher.hash_words(Domain::Slot, key, 1)
    }
}

impl Serialize for Service {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (
            &self.asns,
            &self.lanes,
            &self.cells,
            &self.values,
            &self.limits,
            &self.campaigns,
            &self.follow,
            &self.hindsight,
        )
            .serialize(out)
    }
}

/// The room as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedService(
    SavedLinks,
    Lanes,
    Cells,
    SavedValues,
    Limits,
    SavedCampaigns,
    FollowThrough,
    Hindsight,
);

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
