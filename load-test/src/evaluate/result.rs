//! What an evaluation found, of one log or of several together.
//!
//! Counts only: shares are computed when they are shown, so logs are put together by adding up.

use super::ablation::Ablation;
use super::curve::Scores;
use crate::report::share;
use credsieve_models::Decision;
use serde::Serialize;

/// How often each decision was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// Allowed.
    pub allowed: u64,
    /// Challenged.
    pub challenged: u64,
    /// Blocked.
    pub blocked: u64,
}

impl Decisions {
    pub(super) fn count(&mut self, decision: Decision) {
        *match decision {
            Decision::Allow => &mut self.allowed,
            Decision::Challenge => &mut self.challenged,
            Decision::Block => &mut self.blocked,
        } += 1;
    }

    pub(super) fn add(&mut self, other: Self) {
        self.allowed += other.allowed;
        self.challenged += other.challenged;
        self.blocked += other.blocked;
    }

    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.allowed + self.challenged + self.blocked
    }

    /// Those that were not allowed.
    #[must_use]
    pub fn caught(self) -> u64 {
        self.challenged + self.blocked
    }

    /// The share that was not allowed.
    #[must_use]
    pub fn share_caught(self) -> f64 {
        share(self.caught(), self.total())
    }
}

/// The same events by their first verdict and by their last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// By the first verdict of each event.
    pub at_once: Decisions,
    /// By the last.
    pub in_the_end: Decisions,
}

impl Outcomes {
    pub(super) fn count(&mut self, at_once: Decision, in_the_end: Decision) {
        self.at_once.count(at_once);
        self.in_the_end.count(in_the_end);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.at_once.add(other.at_once);
        self.in_the_end.add(other.in_the_end);
    }
}

/// What a label says of its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// People, and machines that they asked to log in.
    #[default]
    People,
    /// An attack.
    Attack,
    /// What no log can tell.
    Undecidable,
}

/// When a class was first caught, in one log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct FirstCaught {
    /// The number, from 1, of the first attempt that was not allowed at once; `None` for never.
    pub attempt: Option<u64>,
    /// Seconds from the first attempt to that one, where known.
    pub seconds: Option<f64>,
}

/// What became of one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassReport {
    /// Its name.
    pub class: String,
    /// Whose it is.
    pub side: Side,
    /// All its attempts.
    pub all: Outcomes,
    /// Those after the start of the class: its first 500 attempts or 10 minutes, whichever ends first.
    pub settled: Outcomes,
    /// Successes that let a thief in.
    pub thieves: Outcomes,
    /// In each log that has the class.
    pub first_caught: Vec<FirstCaught>,
    /// The lowest and the highest share not allowed at once, over the logs that have the class.
    pub range: (f64, f64),
}

impl ClassReport {
    fn add(&mut self, other: &Self) {
        self.all.add(other.all);
        self.settled.add(other.settled);
        self.thieves.add(other.thieves);
        self.first_caught.extend(&other.first_caught);
        self.range.0 = self.range.0.min(other.range.0);
        self.range.1 = self.range.1.max(other.range.1);
    }

    /// The share not allowed after the start of the class; of all attempts where it never got so far.
    #[must_use]
    pub fn share_settled(&self) -> f64 {
        if self.settled.at_once.total() == 0 {
            self.all.at_once.share_caught()
        } else {
            self.settled.at_once.share_caught()
        }
    }

    /// The median over the logs; never counts as later than all.
    #[must_use]
    pub fn median_first_caught(&self) -> FirstCaught {
        let mut sorted = self.first_caught.clone();
        sorted.sort_by_key(|first| first.attempt.unwrap_or(u64::MAX));
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }
}

/// People and thieves by how often the user had come in before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryReport {
    /// People's attempts.
    pub people: Outcomes,
    /// Thieves' successes.
    pub thieves: Outcomes,
}

/// The lengths of history that are told apart.
pub const HISTORIES: [&str; 5] = ["0", "1", "2-3", "4-9", "10+"];

/// What an evaluation found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The kinds of people, then the attacks, then what no log can tell, each by name.
    pub classes: Vec<ClassReport>,
    /// By the lengths of [`HISTORIES`]; all zero where the labels say nothing of it.
    pub histories: [HistoryReport; 5],
    /// Scores of the first verdicts.
    pub scores: Scores,
    /// What each signal carries, where it was asked for.
    pub ablation: Option<Ablation>,
    /// Labelled events without a verdict.
    pub missing: u64,
    /// Some of their ids.
    pub missing_ids: Vec<String>,
    /// Verdicts on events without a label.
    pub unknown: u64,
    /// Some of their ids.
    pub unknown_ids: Vec<String>,
    /// Verdicts that were there already: the same event and revision.
    pub repeated: u64,
    /// Events left out by `--from`.
    pub left_out: u64,
    /// The totals of each log, in their order.
    pub logs: Vec<Totals>,
}

impl Evaluation {
    /// The classes of one side.
    pub fn side(&self, side: Side) -> impl Iterator<Item = &ClassReport> {
        self.classes.iter().filter(move |class| class.side == side)
    }

    /// The sum over the classes of one side.
    #[must_use]
    pub fn total(&self, side: Side) -> Outcomes {
        let mut total = Outcomes::default();
        for class in self.side(side) {
            total.add(class.all);
        }
        total
    }

    /// The totals, to be held against the targets.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let (mut thieves, mut tokens) = (Outcomes::default(), Outcomes::default());
        for class in self.side(Side::Attack) {
            if class.class.starts_with(TOKENS) {
                tokens.add(class.thieves);
            } else {
                thieves.add(class.thieves);
            }
        }
        let weak = self
            .side(Side::Attack)
            .filter(|class| class.all.at_once.total() > 0 && class.share_settled() < CLASS_CAUGHT);
        let hit = self
            .side(Side::People)
            .filter(|class| class.all.at_once.share_caught() > KIND_CHALLENGED);
        Totals {
            attack: self.total(Side::Attack),
            people: self.total(Side::People),
            thieves,
            tokens,
            weak_classes: weak.map(|class| class.class.clone()).collect(),
            hit_kinds: hit.map(|class| class.class.clone()).collect(),
        }
    }

    /// How each of the targets' shares spreads over the logs that have something to count there.
    #[must_use]
    pub fn spreads(&self) -> [Option<Spread>; TARGETS] {
        let logs: Vec<[Target; TARGETS]> = self.logs.iter().map(Totals::targets).collect();
        std::array::from_fn(|index| {
            let counted = logs.iter().map(|log| &log[index]);
            Spread::of(
                counted
                    .filter(|target| target.of > 0)
                    .map(Target::share)
                    .collect(),
            )
        })
    }

    /// Puts the evaluation of another log to this one.
    pub fn merge(&mut self, other: Self) {
        for class in &other.classes {
            let key = |class: &ClassReport| (class.side, class.class.clone());
            match self.classes.binary_search_by_key(&key(class), key) {
                Ok(found) => self.classes[found].add(class),
                Err(place) => self.classes.insert(place, class.clone()),
            }
        }
        for (mine, others) in self.histories.iter_mut().zip(other.histories) {
            mine.people.add(others.people);
            mine.thieves.add(others.thieves);
        }
        self.scores.add(&other.scores);
        match (&mut self.ablation, other.ablation) {
            (Some(mine), Some(others)) => mine.add(others),
            (mine @ None, others) => *mine = others,
            (Some(_), None) => {}
        }
        self.missing += other.missing;
        self.missing_ids.extend(other.missing_ids);
        self.unknown += other.unknown;
        self.unknown_ids.extend(other.unknown_ids);
        self.repeated += other.repeated;
        self.left_out += other.left_out;
        self.logs.extend(other.logs);
    }
}

/// Classes whose names begin so replay tokens, and are told apart from other thieves.
const TOKENS: &str = "token_replay";
/// Each attack class is to be caught to this share after its start.
const CLASS_CAUGHT: f64 = 0.90;
/// No kind of people is to be challenged above this share.
const KIND_CHALLENGED: f64 = 0.005;

/// The sums over all classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Attack attempts.
    pub attack: Outcomes,
    /// People's attempts.
    pub people: Outcomes,
    /// Thieves' successes, but those with replayed tokens.
    pub thieves: Outcomes,
    /// Replayed tokens that let a thief in.
    pub tokens: Outcomes,
    /// Attack classes of which too little is caught after their start.
    pub weak_classes: Vec<String>,
    /// Kinds of people of which too many are challenged.
    pub hit_kinds: Vec<String>,
}

/// The limit of a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// The share must not be below.
    AtLeast(f64),
    /// The share must not be above.
    AtMost(f64),
    /// No target, shown for comparison.
    None,
}

/// How many totals there are.
pub const TARGETS: usize = 8;

/// A total with what it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its name for people.
    pub what: &'static str,
    /// What was counted.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// What it should be.
    pub limit: Limit,
}

impl Target {
    /// `count` of `of`.
    #[must_use]
    pub fn share(&self) -> f64 {
        share(self.count, self.of)
    }

    /// Whether the limit is kept; `None` without one, and where nothing was counted.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        match self.limit {
            _ if self.of == 0 => None,
            Limit::AtLeast(limit) => Some(self.share() >= limit),
            Limit::AtMost(limit) => Some(self.share() <= limit),
            Limit::None => None,
        }
    }
}

impl Totals {
    /// The totals with their targets. A challenge that became a block is one attempt all the same,
    /// so "challenged" counts both.
    #[must_use]
    pub fn targets(&self) -> [Target; TARGETS] {
        use Limit::{AtLeast, AtMost};
        let target = |name, what, count, of: Decisions, limit| Target {
            name,
            what,
            count,
            of: of.total(),
            limit,
        };
        let Self {
            attack,
            people,
            thieves,
            tokens,
            ..
        } = self;
        let blocked = people.at_once.blocked.max(people.in_the_end.blocked);
        [
            target(
                "attack_not_allowed",
                "attack attempts not allowed",
                attack.at_once.caught(),
                attack.at_once,
                AtLeast(0.95),
            ),
            target(
                "attack_flagged_in_the_end",
                "attack attempts flagged, with revisions",
                attack.in_the_end.caught(),
                attack.in_the_end,
                Limit::None,
            ),
            target(
                "thieves_flagged_at_once",
                "thieves' successes flagged at once",
                thieves.at_once.caught(),
                thieves.at_once,
                Limit::None,
            ),
            target(
                "thieves_flagged_in_the_end",
                "thieves' successes flagged, with revisions",
                thieves.in_the_end.caught(),
                thieves.in_the_end,
                AtLeast(0.95),
            ),
            target(
                "tokens_flagged_in_the_end",
                "replayed tokens that let in flagged, with revisions",
                tokens.in_the_end.caught(),
                tokens.in_the_end,
                Limit::None,
            ),
            target(
                "people_challenged",
                "people's attempts challenged",
                people.at_once.caught(),
                people.at_once,
                AtMost(0.001),
            ),
            target(
                "people_challenged_in_the_end",
                "people's attempts challenged, with revisions",
                people.in_the_end.caught(),
                people.in_the_end,
                AtMost(0.0015),
            ),
            target(
                "people_blocked",
                "people's attempts blocked",
                blocked,
                people.at_once,
                AtMost(0.0001),
            ),
        ]
    }
}

/// The least, the median and the greatest of some shares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The median, the mean of the middle two where their number is even.
    pub median: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of those shares; `None` where there are none.
    #[must_use]
    pub fn of(mut shares: Vec<f64>) -> Option<Self> {
        shares.sort_by(f64::total_cmp);
        let (min, max) = (*shares.first()?, *shares.last()?);
        let middle = [(shares.len() - 1) / 2, shares.len() / 2];
        let median = middle.map(|index| shares[index]).iter().sum::<f64>() / 2.0;
        Some(Self { min, median, max })
    }
}
