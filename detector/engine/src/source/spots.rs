//! Where the counts of an attempt, or of a late write, lie in the Source room: keys and hashes, made once
//! and asked for ahead of time.

use crate::delta::Change;
use crate::frame::Frame;
use crate::in_session::SessionPairs;
use credsieve_models::key::Domain;
use credsieve_models::{Address, KeyHasher};

/// With which place a user makes a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum PairKind {
    Address = 1,
    Near = 2,
    Wide = 3,
    /// Names of kin, at an address.
    Kin = 4,
}

/// Where a record lies: its key, and the hash that picks its set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot {
    pub(super) key: u64,
    pub(super) hash: u64,
}

impl Spot {
    fn of(key: u64, hasher: &KeyHasher) -> Self {
        let hash = hasher.hash_words(Domain::Slot, key, 0);
        Self { key, hash }
    }
}

/// Where the counts of an attempt lie in its Source shard: hashed once, asked for ahead of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spots {
    pub(super) address: Spot,
    pub(super) near: Spot,
    pub(super) wide: Spot,
    /// The pair of the address and its user.
    pub(super) pair: u64,
    /// The pair of the address and the kin of the user's name, if it has any.
    pub(super) kin: Option<u64>,
    /// The pairs of the address and the producer's session, if it is told.
    pub(super) session: Option<SessionPairs>,
}

impl Spots {
    /// Those of an attempt.
    #[must_use]
    pub fn of(frame: &Frame, hasher: &KeyHasher) -> Self {
        let address = frame.address.packed();
        Self {
            address: Spot::of(address, hasher),
            near: Spot::of(frame.address.near().packed(), hasher),
            wide: Spot::of(frame.address.wide().packed(), hasher),
            // Without a name an address stands for one user.
            pair: pair(
                hasher,
                PairKind::Address,
                address,
                frame.user.unwrap_or(address),
            ),
            session: SessionPairs::of(frame, hasher),
            kin: (frame.shape.kin != 0).then(|| {
                pair(
                    hasher,
                    PairKind::Kin,
                    address,
                    frame.shape.kin ^ frame.tenant,
                )
            }),
        }
    }
}

/// Where a late write goes in its Source shard: the places, each with the pair that is counted there.
#[derive(Clone, Copy, Debug, Default)]
pub struct LateSpots([Option<(PairKind, Spot, u64)>; 3]);

impl LateSpots {
    /// Those of a late write; none for one to another room.
    #[must_use]
    pub fn of(change: &Change, hasher: &KeyHasher) -> Self {
        let at =
            |kind, key, user| Some((kind, Spot::of(key, hasher), pair(hasher, kind, key, user)));
        match *change {
            Change::Flagged { address, .. } | Change::Excused { address, .. } => {
                let only = (PairKind::Address, Spot::of(address, hasher), 0);
                Self([Some(only), None, None])
            }
            Change::Good { address, user, .. } => {
                Self(networks_of(address).map(|(kind, key)| at(kind, key, user)))
            }
            Change::Stranger { address, user, .. } => {
                let [_, near, wide] = networks_of(address);
                Self([None, at(near.0, near.1, user), at(wide.0, wide.1, user)])
            }
            _ => Self::default(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PairKind, Spot, u64)> + '_ {
        self.0.iter().flatten().copied()
    }
}

fn pair(hasher: &KeyHasher, kind: PairKind, place: u64, user: u64) -> u64 {
    hasher.hash_words(Domain::Pair, place, user ^ (kind as u64).rotate_right(8))
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
