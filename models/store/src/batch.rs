//! A batch, digested in memory before a database sees it.
//!
//! What both stores write is worked out here once: which verdicts to keep whole, what a partition
//! has newly reached, which plain allows lie beyond that, and what new verdicts add to sessions.
//! Everything is sorted, so that two writers take their locks in the same order.

use crate::panes::hour_of;
use crate::rows::corrupt;
use crate::{Outcome, StoreError};
use credsieve_models::Verdict;
use credsieve_models::time::{EpochMs, MAX_EPOCH_MS};
use credsieve_models::verdict::{Attack, Decision, SessionId, VerdictId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

/// A partition of a source.
pub(crate) type Lane<'a> = (&'a str, i32);

/// The place of a record in its partition: offset, then index in the message.
pub(crate) type Place = (i64, i64);

/// A verdict to keep whole.
pub(crate) struct Row<'a> {
    pub outcome: &'a Outcome,
    /// The verdict's JSON.
    pub json: String,
}

/// The verdicts of the batch that are to be kept whole, each once, by time and id.
pub(crate) fn rows(outcomes: &[Outcome]) -> Result<Vec<Row<'_>>, StoreError> {
    let mut kept: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| outcome.is_kept_whole())
        .collect();
    let key = |outcome: &&Outcome| (outcome.verdict.time_ms, outcome.verdict.verdict_id);
    kept.sort_by_key(key);
    kept.dedup_by_key(|outcome| key(outcome));
    kept.into_iter()
        .map(|outcome| {
            let mut json = Vec::with_capacity(Verdict::JSON_BYTES);
            outcome.verdict.write_json(&mut json);
            let json = String::from_utf8(json).map_err(|error| corrupt("verdict", &error))?;
            Ok(Row { outcome, json })
        })
        .collect()
}

/// An instant within what databases and RFC 3339 can say.
pub(crate) fn clamp(ms: EpochMs) -> EpochMs {
    ms.clamp(0, MAX_EPOCH_MS)
}

/// Whether an instant, excluded, is an end at all: nothing lies beyond the last that there is.
pub(crate) fn is_end(ms: EpochMs) -> bool {
    ms <= MAX_EPOCH_MS
}

fn lane(outcome: &Outcome) -> Lane<'_> {
    (&outcome.origin.source, outcome.origin.partition)
}

fn place(outcome: &Outcome) -> Place {
    (outcome.origin.offset, i64::from(outcome.origin.index))
}

/// The last place of each partition in the batch.
pub(crate) fn last_places(outcomes: &[Outcome]) -> BTreeMap<Lane<'_>, Place> {
    let mut last = BTreeMap::new();
    for outcome in outcomes {
        let reached = last.entry(lane(outcome)).or_insert(place(outcome));
        *reached = place(outcome).max(*reached);
    }
    last
}

/// What the partitions had reached before the batch.
pub(crate) type Reached = HashMap<(String, i32), Place>;

/// An hour, a tenant and a partition.
pub(crate) type CountKey<'a> = (EpochMs, &'a str, Lane<'a>);

/// The plain allows beyond what each partition had reached before the batch, each place once.
pub(crate) fn new_allows<'a>(
    outcomes: &'a [Outcome],
    reached: &Reached,
) -> BTreeMap<CountKey<'a>, i64> {
    let mut seen = HashSet::new();
    let mut counts = BTreeMap::new();
    let before: HashMap<Lane, Place> = reached
        .iter()
        .map(|((source, partition), place)| ((source.as_str(), *partition), *place))
        .collect();
    for outcome in outcomes.iter().filter(|outcome| outcome.is_plain_allow()) {
        let is_beyond = before
            .get(&lane(outcome))
            .is_none_or(|reached| place(outcome) > *reached);
        if is_beyond && seen.insert((lane(outcome), place(outcome))) {
            let hour_ms = hour_of(outcome.verdict.time_ms);
            let key = (hour_ms, outcome.verdict.tenant.as_str(), lane(outcome));
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

/// The plain allows that were counted and are none any more. After a death an attempt may be judged
/// again and otherwise, without what the dead process knew: it was delivered, but not as a verdict
/// that was kept whole, so it was counted.
pub(crate) fn no_longer_allows<'a>(
    rows: &'a [Row<'a>],
    is_new: &HashSet<VerdictId>,
    reached: &Reached,
) -> BTreeMap<CountKey<'a>, i64> {
    let mut counts = BTreeMap::new();
    for Row { outcome, .. } in rows {
        let verdict = &outcome.verdict;
        let (source, partition) = lane(outcome);
        let was_delivered = reached
            .get(&(source.to_owned(), partition))
            .is_some_and(|reached| place(outcome) <= *reached);
        let is_other = !outcome.is_plain_allow() && !outcome.is_revision();
        if was_delivered && is_other && is_new.contains(&verdict.verdict_id) {
            let key = (
                hour_of(verdict.time_ms),
                verdict.tenant.as_str(),
                lane(outcome),
            );
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

/// What new verdicts add to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionDelta {
    pub tenant: String,
    pub ip: IpAddr,
    pub first_at_ms: EpochMs,
    pub last_at_ms: EpochMs,
    pub attempts: i64,
    pub challenged: i64,
    pub blocked: i64,
    /// The latest kind of attack named, and when; of two at the same instant the greater name, so
    /// that the order of delivery decides nothing.
    pub attack: Attack,
    pub attack_at_ms: Option<EpochMs>,
}

/// What the verdicts that were new add to sessions. A kept plain allow is no flagged attempt; a
/// revision adds one where the attempt had been let pass, and nothing where it was counted already.
pub(crate) fn sessions(
    rows: &[Row],
    is_new: &HashSet<VerdictId>,
) -> BTreeMap<SessionId, SessionDelta> {
    let mut sessions: BTreeMap<SessionId, SessionDelta> = BTreeMap::new();
    for row in rows {
        let verdict = &row.outcome.verdict;
        let Some(id) = verdict.session_id else {
            continue;
        };
        if row.outcome.is_plain_allow() || !is_new.contains(&verdict.verdict_id) {
            continue;
        }
        let at_ms = clamp(verdict.time_ms);
        // Rows come by time: the first one opens the session.
        let delta = sessions.entry(id).or_insert_with(|| SessionDelta {
            tenant: verdict.tenant.clone(),
            ip: row.outcome.context.ip.to_canonical(),
            first_at_ms: at_ms,
            last_at_ms: at_ms,
            attempts: 0,
            challenged: 0,
            blocked: 0,
            attack: Attack::None,
            attack_at_ms: None,
        });
        delta.last_at_ms = at_ms;
        if row.outcome.was.is_none_or(|was| was == Decision::Allow) {
            delta.attempts += 1;
            delta.challenged += i64::from(verdict.decision == Decision::Challenge);
            delta.blocked += i64::from(verdict.decision == Decision::Block);
        }
        let latest = (delta.attack_at_ms, delta.attack.name());
        if verdict.attack != Attack::None && (Some(at_ms), verdict.attack.name()) > latest {
            delta.attack = verdict.attack;
            delta.attack_at_ms = Some(at_ms);
        }
    }
    sessions
}
