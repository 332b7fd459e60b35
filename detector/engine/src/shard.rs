//! Shards: which part of the state an attempt belongs to.
//!
//! A shard is a contiguous range of the deployment's keyed hash. Their number is fixed when a
//! deployment is created and never follows the number of threads or machines: who holds which
//! shards appears nowhere in what they compute.

use crate::frame::Frame;
use credsieve_models::key::Domain;
use credsieve_models::{Address, KeyHasher};

/// The shard of a hash: its upper bits.
///
/// # Panics
/// Never: the result is smaller than `shards`.
#[must_use]
pub fn of_hash(hash: u64, shards: u32) -> usize {
    usize::try_from(((hash >> 32) * u64::from(shards)) >> 32).expect("a shard's number is small")
}

/// The shard of a name's variant. Mixed once more: its upper bits pick the place in the shard's filter.
#[must_use]
pub fn of_name(variant: u64, shards: u32) -> usize {
    of_hash(variant.wrapping_mul(0xd1b5_4a32_d192_ed03), shards)
}

/// Where one attempt goes in each room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Repeats: by event id.
    pub repeats: usize,
    /// Source: by /20 or /48, so that an address and its networks lie together.
    pub source: usize,
    /// User: by user; an attempt without a user by its event, since it has no state there.
    pub user: usize,
}

impl Route {
    /// The route of a frame.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
    pub fn of(frame: &Frame, hasher: &KeyHasher, shards: u32) -> Self {
        let event = frame.event as u64;
        Self {
            repeats: of_hash(event, shards),
            source: Self::source_of(frame.address.packed(), hasher, shards),
            user: of_hash(frame.user.unwrap_or(event), shards),
        }
    }

    /// The Source shard of a packed address.
    #[must_use]
    pub fn source_of(address: u64, hasher: &KeyHasher, shards: u32) -> usize {
        let network = Address::from_packed(address).wide();
        let hash = hasher.hash_words(
            Domain::SourceShard,
            network.packed(),
            u64::from(network.len()),
        );
        of_hash(hash, shards)
    }
}
