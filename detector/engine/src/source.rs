//! The Source room: what is keyed by an address and its networks.
//!
//! Counts failures and the distinct users who failed, at the address, its /24 or /56 and its /20 or
//! /48; the distinct users who belong there (standing); where a session of flagged attempts stands.
//! A success lowers none of these counts. An attempt by a user who is known good at this address
//! skips the networks.

use crate::delta::Change;
use crate::frame::Frame;
use crate::session::Session;
use crate::state::budget::Budget;
use crate::state::pairs::{FirstSight, PairFilter, SparseFilter};
use crate::state::table::{Record, SparseTable, Table};
use crate::state::window::{
    Count, DAY_PANE_MS, Decayed, Distinct, MONTH_PANE_MS, SHORT_PANE_MS, Turn,
};
use credsieve_models::attempt::FailureReason;
use credsieve_models::key::Domain;
use credsieve_models::policy::RateLimit;
use credsieve_models::{Address, KeyHasher, Policy, Prefix};
use serde::{Deserialize, Serialize};

/// What an address or network has been doing: one cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[repr(C, align(64))]
pub struct Place {
    key: u64,
    /// Watermark of the last touch; 0 marks an empty slot.
    last_seen_s: u32,
    /// How far the rate limit is used up, in milliseconds beyond `last_seen_s`.
    limit_used_ms: u32,
    attempts: Decayed,
    failures: Decayed,
    session: Session,
    /// Panes and epochs, wrapping; a record untouched for long starts anew.
    short_pane: u16,
    decay_epoch: u16,
    short_users: Distinct,
    day_users: Distinct,
    short_failures: Count,
    short_unknown: Count,
    day_failures: Count,
    /// Distinct users who succeeded: previous month, this one, new in this one.
    good: [u8; 3],
    day_pane: u8,
    month_pane: u8,
}

const _: () = assert!(size_of::<Place>() == 64);

impl Record for Place {
    fn key(&self) -> u64 {
        self.key
    }
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    /// Sources with the fewest partners go first; partners of a window that has ended are none.
    fn worth(&self, now_s: u32) -> u32 {
        let idle_ms = i64::from(now_s.saturating_sub(self.last_seen_s)) * 1_000;
        let within = |pane_ms: i64, count: u32| if idle_ms < 2 * pane_ms { count } else { 0 };
        let good = within(
            MONTH_PANE_MS,
            u32::from(self.good[0]) + u32::from(self.good[2]),
        );
        let failed = within(DAY_PANE_MS, self.day_users.read(Turn::Same))
            .max(within(SHORT_PANE_MS, self.short_users.read(Turn::Same)));
        u32::BITS - (good + failed).leading_zeros()
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

/// What a place looks like to the rooms after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaceFacts {
    /// Attempts, decayed with a half-life of ten minutes.
    pub attempts: u32,
    /// Failures, decayed likewise.
    pub failures: u32,
    /// Failures in the short window.
    pub short_failures: u32,
    /// Of these, with a name that does not exist.
    pub short_unknown: u32,
    /// Distinct users who failed in the short window.
    pub short_users: u32,
    /// Distinct users who failed in a day.
    pub day_users: u32,
    /// Failures in a day.
    pub day_failures: u32,
    /// Distinct users above suspicion who succeeded in a month.
    pub good_users: u32,
}

/// What the Source room says about an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// The address.
    pub ip: PlaceFacts,
    /// The /24 or /56.
    pub near: PlaceFacts,
    /// The /20 or /48.
    pub wide: PlaceFacts,
    /// This user is known good at this address and succeeds: networks and links were skipped.
    pub familiar: bool,
    /// First sight of (address, user) failing, with the pane that it counts in.
    pub user_sight: Option<(i64, FirstSight)>,
    /// The explicit rate limit of the address is exceeded.
    pub over_limit: bool,
    /// Where a flagged attempt from here belongs: the session's start.
    pub session_start_s: u32,
}

/// An instant, as the rooms need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    time_ms: i64,
    watermark_ms: i64,
}

/// A time older than this is as good as this old: every window has ended. It also keeps panes near
/// enough to be compared by their low bits.
const ANCIENT_MS: i64 = 60 * DAY_PANE_MS;

impl Now {
    /// An attempt's time, and the watermark stamped on it.
    #[must_use]
    pub fn new(time_ms: i64, watermark_ms: i64) -> Self {
        Self {
            time_ms: time_ms.max(watermark_ms - ANCIENT_MS),
            watermark_ms,
        }
    }

    /// The attempt's time, at most 60 days before the watermark.
    #[must_use]
    pub fn time_ms(&self) -> i64 {
        self.time_ms
    }

    /// The stamped watermark.
    #[must_use]
    pub fn watermark_ms(&self) -> i64 {
        self.watermark_ms
    }

    /// The watermark in seconds; never 0, which marks an empty slot.
    #[must_use]
    pub fn watermark_s(&self) -> u32 {
        u32::try_from(self.watermark_ms / 1_000)
            .unwrap_or(u32::MAX)
            .max(1)
    }

    /// The pane of the short window.
    #[must_use]
    pub fn pane(&self) -> i64 {
        self.short_pane()
    }

    /// Whether the attempt is older than the short window: it is judged with what is known.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.short_pane() < self.watermark_ms.div_euclid(SHORT_PANE_MS) - 1
    }

    fn short_pane(&self) -> i64 {
        self.time_ms.div_euclid(SHORT_PANE_MS)
    }
    fn day_pane(&self) -> i64 {
        self.time_ms.div_euclid(DAY_PANE_MS)
    }
    fn month_pane(&self) -> i64 {
        self.time_ms.div_euclid(MONTH_PANE_MS)
    }
    fn decay_step(&self) -> i64 {
        self.time_ms.div_euclid(1_000)
    }
}

/// A record untouched for this long holds nothing of any window. It may have begun with an attempt
/// that was 60 days old: together less than the 127 days from which a day's pane would look later.
const FORGET_S: u32 = 60 * 86_400;

/// A pane kept in few bits against a whole one: the nearest pane with those bits.
macro_rules! unwrap_pane {
    ($kept:expr, $near:expr, $bits:ty) => {{
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "only the low bits are compared"
        )]
        let ahead = ($near as $bits).wrapping_sub($kept).cast_signed();
        $near - i64::from(ahead)
    }};
}

impl Place {
    fn fresh(key: u64, now: Now) -> Self {
        let mut place = Self {
            key,
            ..Self::default()
        };
        place.start(now);
        place
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "panes are kept in their low bits"
    )]
    fn start(&mut self, now: Now) {
        self.last_seen_s = now.watermark_s();
        self.short_pane = now.short_pane() as u16;
        self.day_pane = now.day_pane() as u8;
        self.month_pane = now.month_pane() as u8;
        self.decay_epoch = Decayed::epoch(now.decay_step()) as u16;
    }

    fn turns(&self, now: Now) -> Turns {
        let forgotten = now.watermark_s().saturating_sub(self.last_seen_s) > FORGET_S;
        let turn = |stands_at, pane| {
            if forgotten {
                Turn::Beyond
            } else {
                Turn::between(stands_at, pane)
            }
        };
        let (short, day, month) = (now.short_pane(), now.day_pane(), now.month_pane());
        let epoch = Decayed::epoch(now.decay_step());
        Turns {
            short: turn(unwrap_pane!(self.short_pane, short, u16), short),
            day: turn(unwrap_pane!(self.day_pane, day, u8), day),
            month: turn(unwrap_pane!(self.month_pane, month, u8), month),
            epochs: if forgotten {
                i64::from(u16::MAX)
            } else {
                epoch - unwrap_pane!(self.decay_epoch, epoch, u16)
            },
        }
    }

    /// Brings every window to `now` and answers how `now` lies to them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "panes are kept in their low bits"
    )]
    fn turn(&mut self, now: Now) -> Turns {
        let turns = self.turns(now);
        self.short_users.turn(turns.short);
        self.short_failures.turn(turns.short);
        self.short_unknown.turn(turns.short);
        self.day_users.turn(turns.day);
        self.day_failures.turn(turns.day);
        self.good = turned(self.good, turns.month);
        self.attempts.age(turns.epochs);
        self.failures.age(turns.epochs);
        let later = |turn| matches!(turn, Turn::Next | Turn::Beyond);
        if later(turns.short) {
            self.short_pane = now.short_pane() as u16;
        }
        if later(turns.day) {
            self.day_pane = now.day_pane() as u8;
        }
        if later(turns.month) {
            self.month_pane = now.month_pane() as u8;
        }
        if turns.epochs > 0 {
            self.decay_epoch = Decayed::epoch(now.decay_step()) as u16;
        }
        self.touch(now);
        turns
    }

    fn touch(&mut self, now: Now) {
        let now_s = now.watermark_s();
        let passed_ms = now_s.saturating_sub(self.last_seen_s).saturating_mul(1_000);
        self.limit_used_ms = self.limit_used_ms.saturating_sub(passed_ms);
        self.last_seen_s = self.last_seen_s.max(now_s);
    }

    fn facts(&self, now: Now) -> PlaceFacts {
        let turns = self.turns(now);
        let good = turned(self.good, turns.month);
        PlaceFacts {
            attempts: self.attempts.read(now.decay_step(), turns.epochs),
            failures: self.failures.read(now.decay_step(), turns.epochs),
            short_failures: self.short_failures.read(turns.short),
            short_unknown: self.short_unknown.read(turns.short),
            short_users: self.short_users.read(turns.short),
            day_users: self.day_users.read(turns.day),
            day_failures: self.day_failures.read(turns.day),
            good_users: u32::from(good[0]) + u32::from(good[2]),
        }
    }
}

/// How an instant lies to a record's windows.
#[derive(Clone, Copy)]
struct Turns {
    short: Turn,
    day: Turn,
    month: Turn,
    epochs: i64,
}

fn turned(good: [u8; 3], turn: Turn) -> [u8; 3] {
    match turn {
        Turn::Next => [good[1], 0, 0],
        Turn::Beyond => [0; 3],
        Turn::Same | Turn::Previous | Turn::Older => good,
    }
}

/// One shard of the Source room.
pub struct SourceShard {
    hasher: KeyHasher,
    addresses: Table<Place>,
    near: Table<Place>,
    wide: Table<Place>,
    short: PairFilter,
    day: PairFilter,
    month: PairFilter,
}

/// With which place a user makes a pair.
#[derive(Clone, Copy)]
#[repr(u64)]
enum PairKind {
    Address = 1,
    Near = 2,
    Wide = 3,
}

impl SourceShard {
    /// An empty shard.
    #[must_use]
    pub fn new(budget: &Budget, hasher: KeyHasher) -> Self {
        Self {
            hasher,
            addresses: Table::with_bytes(budget.addresses),
            near: Table::with_bytes(budget.near),
            wide: Table::with_bytes(budget.wide),
            short: PairFilter::with_bytes(budget.source_short),
            day: PairFilter::with_bytes(budget.source_day),
            month: PairFilter::with_bytes(budget.source_month),
        }
    }

    /// Counts an attempt and says what is known about where it comes from.
    pub fn observe(&mut self, frame: &Frame, now: Now, policy: &Policy) -> SourceFacts {
        let familiar = self.is_familiar(frame, now);
        let address = frame.address;
        // Who is far beyond the limit inserts no more pairs: it must not blind its neighbours.
        let signals = &policy.signals;
        let most_users = signals
            .distinct_users
            .users
            .max(signals.sprayed_users.users);
        let widest = signals.widening.near.max(signals.widening.wide);
        let enough = most_users
            .saturating_mul(widest.saturating_mul(4).max(64))
            .max(1_024);
        let failed = counts_as_failure(frame);
        let mut facts = SourceFacts {
            familiar,
            ..SourceFacts::default()
        };
        (facts.over_limit, facts.session_start_s) =
            self.observe_address(frame, now, policy, failed);
        if failed && let Some(user) = frame.user {
            facts.user_sight = Some(self.observe_user(address, user, now, enough));
        }
        if !familiar {
            for (kind, prefix) in [
                (PairKind::Near, address.near()),
                (PairKind::Wide, address.wide()),
            ] {
                self.observe_network(kind, prefix, frame, now, failed, enough);
            }
        }
        self.read_places(frame, now, &mut facts);
        facts
    }

    /// What is known about where an attempt comes from, changing nothing.
    #[must_use]
    pub fn peek(&self, frame: &Frame, now: Now, policy: &Policy) -> SourceFacts {
        let mut facts = SourceFacts::default();
        self.read_places(frame, now, &mut facts);
        let key = frame.address.packed();
        if let Some(place) = self.addresses.get(self.slot(key), key) {
            let silence_s = u32::try_from(policy.sessions.silence.ms / 1_000).unwrap_or(u32::MAX);
            facts.session_start_s = place.session.at(now.watermark_s(), silence_s).start_s();
            facts.over_limit = policy.rate_limits.ip.as_ref().is_some_and(|limit| {
                let mut copy = *place;
                copy.touch(now);
                !within_limit(&mut copy.limit_used_ms, limit)
            });
        }
        facts
    }

    fn read_places(&self, frame: &Frame, now: Now, facts: &mut SourceFacts) {
        let read = |table: &Table<Place>, key: u64| {
            table
                .get(self.slot(key), key)
                .map_or_else(PlaceFacts::default, |place| place.facts(now))
        };
        facts.ip = read(&self.addresses, frame.address.packed());
        if !facts.familiar {
            facts.near = read(&self.near, frame.address.near().packed());
            facts.wide = read(&self.wide, frame.address.wide().packed());
        }
    }

    /// The facts of one address or network.
    #[must_use]
    pub fn place(&self, address: Address, prefix: Option<Prefix>, now: Now) -> Option<PlaceFacts> {
        let (table, key) = match prefix {
            None => (&self.addresses, address.packed()),
            Some(prefix) if prefix.is_wide() => (&self.wide, prefix.packed()),
            Some(prefix) => (&self.near, prefix.packed()),
        };
        table.get(self.slot(key), key).map(|place| place.facts(now))
    }

    /// A success of a user who has succeeded at this address before, above suspicion.
    fn is_familiar(&self, frame: &Frame, now: Now) -> bool {
        frame.proves_user()
            && frame.user.is_some_and(|user| {
                let pair = self.pair(PairKind::Address, frame.address.packed(), user);
                self.month.contains(pair, now.month_pane())
            })
    }

    /// Counts at the address; answers whether its explicit rate limit is exceeded, and the start of
    /// its session.
    fn observe_address(
        &mut self,
        frame: &Frame,
        now: Now,
        policy: &Policy,
        failed: bool,
    ) -> (bool, u32) {
        let silence_s = u32::try_from(policy.sessions.silence.ms / 1_000).unwrap_or(u32::MAX);
        let place = upsert(
            &mut self.addresses,
            &self.hasher,
            frame.address.packed(),
            now,
        );
        let turns = place.turn(now);
        place.attempts.add(now.decay_step(), -turns.epochs);
        if failed {
            place.count_failure(frame, now, turns);
            place.day_failures.add(turns.day);
        }
        place.session = place.session.at(now.watermark_s(), silence_s);
        let limit = policy.rate_limits.ip.as_ref();
        let over = limit.is_some_and(|limit| !within_limit(&mut place.limit_used_ms, limit));
        (over, place.session.start_s())
    }

    /// Counts a user who failed at the address.
    fn observe_user(
        &mut self,
        address: Address,
        user: u64,
        now: Now,
        enough: u32,
    ) -> (i64, FirstSight) {
        let pair = self.pair(PairKind::Address, address.packed(), user);
        let pane = now.short_pane();
        let place = upsert(&mut self.addresses, &self.hasher, address.packed(), now);
        let turns = place.turns(now);
        let sight = if place.short_users.current() < enough {
            let sight = self.short.insert(pair, pane);
            place.short_users.add(turns.short, sight);
            sight
        } else {
            // Beyond every limit: the user may be new, but nobody needs to know.
            FirstSight::NO
        };
        if place.day_users.current() < enough {
            let sight = self.day.insert(pair, now.day_pane());
            place.day_users.add(turns.day, sight);
        }
        (pane, sight)
    }

    fn observe_network(
        &mut self,
        kind: PairKind,
        prefix: Prefix,
        frame: &Frame,
        now: Now,
        failed: bool,
        enough: u32,
    ) {
        if !failed {
            return;
        }
        let pair = frame
            .user
            .map(|user| self.pair(kind, prefix.packed(), user));
        let table = if prefix.is_wide() {
            &mut self.wide
        } else {
            &mut self.near
        };
        let place = upsert(table, &self.hasher, prefix.packed(), now);
        let turns = place.turn(now);
        place.count_failure(frame, now, turns);
        if let Some(pair) = pair
            && place.short_users.current() < enough
        {
            let sight = self.short.insert(pair, now.short_pane());
            place.short_users.add(turns.short, sight);
        }
    }

    /// Applies a late write.
    pub fn apply(&mut self, change: &Change) {
        match *change {
            Change::Flagged {
                address,
                session_start_s,
                at_s,
            } => {
                let slot = self.slot(address);
                if let Some(place) = self.addresses.get_mut(slot, address) {
                    place.session.flagged(session_start_s, at_s);
                }
            }
            Change::Good {
                address,
                user,
                time_ms,
            } => {
                let pair = self.pair(PairKind::Address, address, user);
                let slot = self.slot(address);
                let now = Now::new(time_ms, time_ms);
                let sight = self.month.insert(pair, now.month_pane());
                if let Some(place) = self.addresses.get_mut(slot, address) {
                    let turns = place.turn(now);
                    place.count_good(turns.month, sight);
                }
            }
            Change::Failed { .. } => {}
        }
    }

    /// (bytes, live entities, evicted, fill of the fullest filter in 1/1,000).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64, u32) {
        let tables = [&self.addresses, &self.near, &self.wide];
        let filters = [&self.short, &self.day, &self.month];
        let bytes = tables.iter().map(|t| t.bytes()).sum::<usize>()
            + filters.iter().map(|f| f.bytes()).sum::<usize>();
        let fill = filters.iter().map(|f| f.fill_permille()).max();
        (
            bytes,
            tables.iter().map(|t| t.live()).sum(),
            tables.iter().map(|t| t.evicted()).sum(),
            fill.unwrap_or(0),
        )
    }

    fn slot(&self, key: u64) -> u64 {
        self.hasher.hash_words(Domain::Slot, key, 0)
    }

    fn pair(&self, kind: PairKind, place: u64, user: u64) -> u64 {
        self.hasher
            .hash_words(Domain::Pair, place, user ^ (kind as u64).rotate_right(8))
    }
}

impl Place {
    fn count_failure(&mut self, frame: &Frame, now: Now, turns: Turns) {
        self.failures.add(now.decay_step(), -turns.epochs);
        self.short_failures.add(turns.short);
        if frame.failure_reason == Some(FailureReason::UnknownUser) {
            self.short_unknown.add(turns.short);
        }
    }

    fn count_good(&mut self, turn: Turn, sight: FirstSight) {
        let [prev, cur, new] = &mut self.good;
        match turn {
            Turn::Same | Turn::Next | Turn::Beyond => {
                *cur = cur.saturating_add(u8::from(sight.in_pane));
                *new = new.saturating_add(u8::from(sight.in_window));
            }
            Turn::Previous => *prev = prev.saturating_add(u8::from(sight.in_window)),
            Turn::Older => {}
        }
    }
}

/// A failure that says something about its source. `other` does not: an outage must convict nobody.
#[must_use]
pub fn counts_as_failure(frame: &Frame) -> bool {
    frame.failed() && frame.failure_reason != Some(FailureReason::Other)
}

/// A generic cell rate: each attempt uses up `per / attempts` of an allowance of `per`.
/// `used_ms` drains as time passes; an attempt over the limit uses nothing.
pub(crate) fn within_limit(used_ms: &mut u32, limit: &RateLimit) -> bool {
    let per = u64::try_from(limit.per.ms).unwrap_or(0);
    let cost = per / u64::from(limit.attempts.max(1));
    let used = u64::from(*used_ms) + cost;
    let within = used <= per;
    if within {
        *used_ms = u32::try_from(used).unwrap_or(u32::MAX);
    }
    within
}

fn upsert<'t>(
    table: &'t mut Table<Place>,
    hasher: &KeyHasher,
    key: u64,
    now: Now,
) -> &'t mut Place {
    let slot = hasher.hash_words(Domain::Slot, key, 0);
    table.get_or_insert(slot, key, Place::fresh(key, now))
}

impl Serialize for SourceShard {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (
            &self.addresses,
            &self.near,
            &self.wide,
            &self.short,
            &self.day,
            &self.month,
        )
            .serialize(out)
    }
}

/// A shard as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedSource(
    SparseTable<Place>,
    SparseTable<Place>,
    SparseTable<Place>,
    SparseFilter,
    SparseFilter,
    SparseFilter,
);

impl SourceShard {
    /// Takes over a shard that was read back, if it has the sizes of this one.
    pub(crate) fn adopt(&mut self, saved: SavedSource) -> bool {
        self.addresses.adopt(saved.0)
            && self.near.adopt(saved.1)
            && self.wide.adopt(saved.2)
            && self.short.adopt(saved.3)
            && self.day.adopt(saved.4)
            && self.month.adopt(saved.5)
    }
}
