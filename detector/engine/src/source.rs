//! The Source room: what is keyed by an address and its networks.
//!
//! Counts failures and the distinct users who failed, at the address, its /24 or /56 and its /20 or
//! /48; the distinct users who belong there (standing); where a session of flagged attempts stands.
//! A success lowers none of these counts. An attempt by a user who is known good at this address
//! skips the networks.

use crate::delta::Change;
use crate::frame::{Frame, counts_as_failure};
use crate::now::Now;
use crate::place::{Place, PlaceFacts};
use crate::rate::within_limit;
use crate::state::budget::Budget;
use crate::state::pairs::{FirstSight, PairFilter, SparseFilter};
use crate::state::table::{SparseTable, Table};
use credsieve_models::key::Domain;
use credsieve_models::{Address, KeyHasher, Policy, Prefix};
use serde::{Deserialize, Serialize};

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
    /// First sights of (address, user who is tried).
    pub user_sight: Option<UserSight>,
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
#[derive(Clone, Copy, PartialEq, Eq)]
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
        let failed = counts_as_failure(frame);
        let tries = frame.tries_name();
        let mut facts = SourceFacts {
            familiar,
            ..SourceFacts::default()
        };
        (facts.over_limit, facts.session_start_s) =
            self.observe_address(frame, now, policy, failed);
        // Without a name an address stands for one user.
        let user = frame.user.unwrap_or(address.packed());
        if tries {
            facts.user_sight = Some(self.observe_user(address, user, now));
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
        let idle_s = place.idle_s(now);
        let turns = place.turn(now);
        place.attempts.add(now.decay_step(), -turns.epochs);
        if failed {
            place.count_failure(frame, now, turns);
            place.day_failures.add(turns.day);
        }
        place.session = place.session.at(now.watermark_s(), idle_s, silence_s);
        let limit = policy.rate_limits.ip.as_ref();
        let over = limit.is_some_and(|limit| !within_limit(&mut place.limit_used_ms, limit));
        (over, place.session.start_s())
    }

    /// Counts a user who was tried at the address.
    fn observe_user(&mut self, address: Address, user: u64, now: Now) -> UserSight {
        let pair = self.pair(PairKind::Address, address.packed(), user);
        let pane = now.short_pane();
        let place = upsert(&mut self.addresses, &self.hasher, address.packed(), now);
        let turns = place.turns(now);
        let sight = if place.short_users.current() < ENOUGH {
            let sight = self.short.insert(pair, pane);
            place.short_users.add(turns.short, sight);
            sight
        } else {
            // Beyond every limit: the user may be new, but nobody needs to know.
            FirstSight::NO
        };
        let day = if place.day_users.current() < ENOUGH {
            let sight = self.day.insert(pair, now.day_pane());
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

    /// Counts a stranger who tried a name, at the networks of an address.
    fn apply_stranger(&mut self, address: u64, user: u64, time_ms: i64) {
        let now = Now::new(time_ms, time_ms);
        for (kind, key) in networks_of(address) {
            if kind == PairKind::Address {
                continue;
            }
            let pair = self.pair(kind, key, user);
            let table = if kind == PairKind::Near {
                &mut self.near
            } else {
                &mut self.wide
            };
            let place = upsert(table, &self.hasher, key, now);
            let turns = place.turn(now);
            place.short_failures.add(turns.short);
            if place.short_users.current() < ENOUGH {
                let sight = self.short.insert(pair, now.short_pane());
                place.short_users.add(turns.short, sight);
            }
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
                let now = Now::new(time_ms, time_ms);
                for (kind, key) in networks_of(address) {
                    let pair = self.pair(kind, key, user);
                    let sight = self.month.insert(pair, now.month_pane());
                    // A network is known from its first good user on: what it stands for is asked
                    // when somebody else fails there.
                    let place = match kind {
                        PairKind::Address => self
                            .addresses
                            .get_mut(self.hasher.hash_words(Domain::Slot, key, 0), key),
                        PairKind::Near => Some(upsert(&mut self.near, &self.hasher, key, now)),
                        PairKind::Wide => Some(upsert(&mut self.wide, &self.hasher, key, now)),
                    };
                    if let Some(place) = place {
                        let turns = place.turn(now);
                        place.count_good(turns.month, sight);
                    }
                }
            }
            Change::Excused {
                address,
                time_ms,
                sight,
            } => {
                let now = Now::new(time_ms, time_ms);
                if let Some(place) = self.place_mut(PairKind::Address, address) {
                    place.turn(now);
                    place.excuse(now, sight);
                }
            }
            Change::Stranger {
                address,
                user,
                time_ms,
            } => self.apply_stranger(address, user, time_ms),
            Change::Failed { .. }
            | Change::Owned { .. }
            | Change::Named { .. }
            | Change::Seen(_) => {}
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

    fn place_mut(&mut self, kind: PairKind, key: u64) -> Option<&mut Place> {
        let slot = self.slot(key);
        match kind {
            PairKind::Address => self.addresses.get_mut(slot, key),
            PairKind::Near => self.near.get_mut(slot, key),
            PairKind::Wide => self.wide.get_mut(slot, key),
        }
    }

    fn slot(&self, key: u64) -> u64 {
        self.hasher.hash_words(Domain::Slot, key, 0)
    }

    fn pair(&self, kind: PairKind, place: u64, user: u64) -> u64 {
        self.hasher
            .hash_words(Domain::Pair, place, user ^ (kind as u64).rotate_right(8))
    }
}

/// An address and its networks, as they are counted.
fn networks_of(address: u64) -> [(PairKind, u64); 3] {
    let whole = Address::from_packed(address);
    [
        (PairKind::Address, address),
        (PairKind::Near, whole.near().packed()),
        (PairKind::Wide, whole.wide().packed()),
    ]
}

fn upsert<'t>(
    table: &'t mut Table<Place>,
    hasher: &KeyHasher,
    key: u64,
    now: Now,
) -> &'t mut Place {
    let slot = hasher.hash_words(Domain::Slot, key, 0);
    table.get_or_insert(slot, key, Place::fresh(now))
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
