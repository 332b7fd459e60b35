//! The Source room: what is keyed by an address and its networks.
//!
//! Counts failures and the distinct users who failed, at the address, its /24 or /56 and its /20 or
//! /48; the distinct users who belong there (standing); where a session of flagged attempts stands.
//! A success lowers none of these counts. An attempt by a user who is known good at this address
//! skips the networks.

mod spots;

use crate::delta::Change;
use crate::frame::{Frame, counts_as_failure};
use crate::in_session::InSession;
use crate::now::Now;
use crate::place::{Place, PlaceFacts};
use crate::rate::within_limit;
use crate::state::budget::Budget;
use crate::state::pairs::{FirstSight, PairFilter, SparseFilter};
use crate::state::table::{SparseTable, Table};
use crate::state::window::Turn;
use credsieve_models::{Policy, Prefix};
use serde::{Deserialize, Serialize};
pub use spots::{LateSpots, Spots};
use spots::{PairKind, Spot};

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
    /// The user is counted as one who belongs at this address in the running pane, and somebody came from there
    /// within the hour: to say so once more would change nothing.
    pub counted_good: bool,
    /// First sights of (address, user who is tried).
    pub user_sight: Option<UserSight>,
    /// What came from there before in the producer's session.
    pub in_session: InSession,
    /// The explicit rate limit of the address is exceeded.
    pub over_limit: bool,
    /// Where a flagged attempt from here belongs: the session's start.
    pub session_start_s: u32,
}

/// Whether a user is tried at an address for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSight {
    /// The pane of the short window that it counts in.
    pub pane: i64,
    /// In the short window.
    pub short: FirstSight,
    /// In the day's.
    pub day: FirstSight,
}

/// A place with so many users tried in a pane inserts no more pairs: it must not blind its neighbours.
const ENOUGH: u32 = 4_096;

/// Nor do sessions of a place with so many attempts in ten minutes: each may be another.
const BUSY: u32 = 512;

/// After so much silence of an address its networks are told again that somebody belongs there: a flood takes
/// the place of those that were not touched for longest.
const AWAY_S: u32 = 3_600;

/// One shard of the Source room.
pub struct SourceShard {
    addresses: Table<Place>,
    near: Table<Place>,
    wide: Table<Place>,
    short: PairFilter,
    day: PairFilter,
    month: PairFilter,
}

impl SourceShard {
    /// An empty shard.
    #[must_use]
    pub fn new(budget: &Budget) -> Self {
        Self {
            addresses: Table::with_bytes(budget.addresses),
            near: Table::with_bytes(budget.near),
            wide: Table::with_bytes(budget.wide),
            short: PairFilter::with_bytes(budget.source_short),
            day: PairFilter::with_bytes(budget.source_day),
            month: PairFilter::with_bytes(budget.source_month),
        }
    }

    /// Asks for what an attempt looks at first, before it is needed.
    pub fn prefetch_keys(&self, frame: &Frame, spots: &Spots) {
        self.addresses.prefetch_keys(spots.address.hash);
        if frame.proves_user() {
            self.month.prefetch(spots.pair);
        } else {
            self.near.prefetch_keys(spots.near.hash);
            self.wide.prefetch_keys(spots.wide.hash);
        }
        if frame.tries_name() {
            self.short.prefetch(spots.pair);
            self.day.prefetch(spots.pair);
            if let Some(kin) = spots.kin {
                self.short.prefetch(kin);
            }
            if let Some(session) = &spots.session {
                session.prefetch(&self.short);
            }
        }
    }

    /// Asks for the records of an attempt, whose keys were asked for earlier.
    pub fn prefetch_records(&self, frame: &Frame, spots: &Spots) {
        let Spots {
            address,
            near,
            wide,
            ..
        } = spots;
        self.addresses.prefetch_record(address.hash, address.key);
        if !frame.proves_user() {
            self.near.prefetch_record(near.hash, near.key);
            self.wide.prefetch_record(wide.hash, wide.key);
        }
    }

    /// Asks for the keys of the places of an attempt that is only looked at.
    pub fn prefetch_places(&self, spots: &Spots) {
        self.addresses.prefetch_keys(spots.address.hash);
        self.near.prefetch_keys(spots.near.hash);
        self.wide.prefetch_keys(spots.wide.hash);
    }

    /// Asks for their records.
    pub fn prefetch_place_records(&self, spots: &Spots) {
        let (address, near, wide) = (spots.address, spots.near, spots.wide);
        self.addresses.prefetch_record(address.hash, address.key);
        self.near.prefetch_record(near.hash, near.key);
        self.wide.prefetch_record(wide.hash, wide.key);
    }

    /// Counts an attempt and says what is known about where it comes from.
    pub fn observe(
        &mut self,
        frame: &Frame,
        spots: &Spots,
        now: Now,
        policy: &Policy,
    ) -> SourceFacts {
        let mut facts = SourceFacts::default();
        let idle_s;
        (facts.over_limit, facts.session_start_s, idle_s) =
            self.observe_address(frame, spots, now, policy);
        if frame.proves_user() && frame.user.is_some() {
            let pane = now.month_pane();
            facts.familiar = self.month.contains(spots.pair, pane);
            facts.counted_good =
                facts.familiar && idle_s < AWAY_S && self.month.contains_in_pane(spots.pair, pane);
        }
        if frame.tries_name() {
            facts.user_sight = Some(self.observe_user(spots, now));
        }
        self.read_places(spots, now, &mut facts);
        if let Some(session) = spots.session.filter(|_| frame.tries_name()) {
            let pane = now.short_pane();
            facts.in_session = session.look(&self.short, pane);
            if facts.ip.attempts < BUSY {
                session.remember(&mut self.short, pane);
            }
        }
        facts
    }

    /// What is known about where an attempt comes from, changing nothing.
    #[must_use]
    pub fn peek(&self, spots: &Spots, now: Now, policy: &Policy) -> SourceFacts {
        let mut facts = SourceFacts {
            in_session: spots.session.map_or(InSession::Untold, |session| {
                session.look(&self.short, now.short_pane())
            }),
            ..SourceFacts::default()
        };
        self.read_places(spots, now, &mut facts);
        let address = spots.address;
        if let Some(place) = self.addresses.get(address.hash, address.key) {
            let silence_s = u32::try_from(policy.sessions.silence.ms / 1_000).unwrap_or(u32::MAX);
            let session = place
                .session
                .at(now.watermark_s(), place.idle_s(now), silence_s);
            facts.session_start_s = session.start_s();
            facts.over_limit = policy.rate_limits.ip.as_ref().is_some_and(|limit| {
                let mut copy = *place;
                copy.touch(now);
                !within_limit(&mut copy.limit_used_ms, limit)
            });
        }
        facts
    }

    fn read_places(&self, spots: &Spots, now: Now, facts: &mut SourceFacts) {
        let read = |table: &Table<Place>, spot: Spot| {
            table
                .get(spot.hash, spot.key)
                .map_or_else(PlaceFacts::default, |place| place.facts(now))
        };
        facts.ip = read(&self.addresses, spots.address);
        if !facts.familiar {
            facts.near = read(&self.near, spots.near);
            facts.wide = read(&self.wide, spots.wide);
        }
    }

    /// The facts of the address of an attempt, or of one of its networks.
    #[must_use]
    pub fn place(&self, spots: &Spots, prefix: Option<Prefix>, now: Now) -> Option<PlaceFacts> {
        let (table, spot) = match prefix {
            None => (&self.addresses, spots.address),
            Some(prefix) if prefix.is_wide() => (&self.wide, spots.wide),
            Some(_) => (&self.near, spots.near),
        };
        table.get(spot.hash, spot.key).map(|place| place.facts(now))
    }

    /// Counts at the address; answers whether its explicit rate limit is exceeded, the start of
    /// its session, and for how many seconds nothing had come from it.
    fn observe_address(
        &mut self,
        frame: &Frame,
        spots: &Spots,
        now: Now,
        policy: &Policy,
    ) -> (bool, u32, u32) {
        let silence_s = u32::try_from(policy.sessions.silence.ms / 1_000).unwrap_or(u32::MAX);
        let place = upsert(&mut self.addresses, spots.address, now);
        let idle_s = place.idle_s(now);
        let turns = place.turn(now);
        place.attempts.add(now.decay_step(), -turns.epochs);
        if counts_as_failure(frame) {
            place.count_failure(frame, now, turns);
            place.day_failures.add(turns.day);
        }
        if frame.tries_name() {
            place.rhythm.count(now, idle_s);
        }
        place.session = place.session.at(now.watermark_s(), idle_s, silence_s);
        let limit = policy.rate_limits.ip.as_ref();
        let over = limit.is_some_and(|limit| !within_limit(&mut place.limit_used_ms, limit));
        (over, place.session.start_s(), idle_s)
    }

    /// Counts a user who was tried at the address.
    fn observe_user(&mut self, spots: &Spots, now: Now) -> UserSight {
        let pane = now.short_pane();
        let place = upsert(&mut self.addresses, spots.address, now);
        let turns = place.turns(now);
        let sight = if place.short_users.current() < ENOUGH {
            let sight = self.short.insert(spots.pair, pane);
            place.short_users.add(turns.short, sight);
            // A name that is tried again is no kin of itself, and one that comes late would find kin in
            // whatever stands in the filter by now.
            let in_time = matches!(turns.short, Turn::Same | Turn::Next | Turn::Beyond);
            if let Some(kin) = spots.kin.filter(|_| sight.in_window && in_time) {
                if self.short.contains(kin, pane) {
                    place.count_kin();
                } else {
                    self.short.insert(kin, pane);
                }
            }
            sight
        } else {
            // Beyond every limit: the user may be new, but nobody needs to know.
            FirstSight::NO
        };
        let day = if place.day_users.current() < ENOUGH {
            let sight = self.day.insert(spots.pair, now.day_pane());
            place.day_users.add(turns.day, sight);
            sight
        } else {
            FirstSight::NO
        };
        UserSight {
            pane,
            short: sight,
            day,
        }
    }

    /// Asks for what a late write looks at first, before it is needed.
    pub fn prefetch_late_keys(&self, change: &Change, spots: &LateSpots) {
        for (kind, spot, pair) in spots.iter() {
            self.table(kind).prefetch_keys(spot.hash);
            match change {
                Change::Good { .. } => self.month.prefetch(pair),
                Change::Stranger { .. } => self.short.prefetch(pair),
                _ => {}
            }
        }
    }

    /// Asks for the records of a late write, whose keys were asked for earlier.
    pub fn prefetch_late_records(&self, spots: &LateSpots) {
        for (kind, spot, _) in spots.iter() {
            self.table(kind).prefetch_record(spot.hash, spot.key);
        }
    }

    /// Applies a late write.
    pub fn apply(&mut self, change: &Change, spots: &LateSpots) {
        for (kind, spot, pair) in spots.iter() {
            match *change {
                Change::Flagged {
                    session_start_s,
                    at_s,
                    ..
                } => {
                    if let Some(place) = self.addresses.get_mut(spot.hash, spot.key) {
                        place.session.flagged(session_start_s, at_s);
                    }
                }
                Change::Excused { time_ms, sight, .. } => {
                    if let Some(place) = self.addresses.get_mut(spot.hash, spot.key) {
                        let now = Now::new(time_ms, time_ms);
                        place.turn(now);
                        place.excuse(now, sight);
                    }
                }
                Change::Good { time_ms, .. } => {
                    self.apply_good(kind, spot, pair, Now::new(time_ms, time_ms));
                }
                Change::Stranger { time_ms, .. } => {
                    self.apply_stranger(kind, spot, pair, Now::new(time_ms, time_ms));
                }
                Change::Failed { .. } | Change::Owned { .. } => {}
            }
        }
    }

    /// Counts a good user at an address or one of its networks.
    fn apply_good(&mut self, kind: PairKind, spot: Spot, pair: u64, now: Now) {
        let sight = self.month.insert(pair, now.month_pane());
        // A network is known from its first good user on: what it stands for is asked when somebody
        // else fails there.
        let place = match kind {
            PairKind::Address => self.addresses.get_mut(spot.hash, spot.key),
            PairKind::Near => Some(upsert(&mut self.near, spot, now)),
            PairKind::Kin => None,
            PairKind::Wide => Some(upsert(&mut self.wide, spot, now)),
        };
        if let Some(place) = place {
            let turns = place.turn(now);
            place.count_good(turns.month, sight);
        }
    }

    /// Counts a stranger who tried a name, at a network of the address.
    fn apply_stranger(&mut self, kind: PairKind, spot: Spot, pair: u64, now: Now) {
        let table = if kind == PairKind::Near {
            &mut self.near
        } else {
            &mut self.wide
        };
        let place = upsert(table, spot, now);
        let turns = place.turn(now);
        place.short_failures.add(turns.short);
        if place.short_users.current() < ENOUGH {
            let sight = self.short.insert(pair, now.short_pane());
            place.short_users.add(turns.short, sight);
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

    fn table(&self, kind: PairKind) -> &Table<Place> {
        match kind {
            PairKind::Address | PairKind::Kin => &self.addresses,
            PairKind::Near => &self.near,
            PairKind::Wide => &self.wide,
        }
    }
}

fn upsert(table: &mut Table<Place>, spot: Spot, now: Now) -> &mut Place {
    table.get_or_insert(spot.hash, spot.key, Place::fresh(now))
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
