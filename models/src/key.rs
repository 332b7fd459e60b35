//! Entity keys: who or what an attempt is counted under.
//!
//! Everything an attacker can choose is hashed with the deployment's secret seed before it becomes
//! a key, by a hash that is stable over processes and machines (SipHash-1-3). Addresses are kept readable, since they fit the key
//! as they are. Where a key lies in shards, tables, filters and snapshots, a faster one says (XXH3 with a secret), which is never shown.

mod address;
mod entity;
mod place;
mod sip;

pub use address::{Address, Prefix};
pub use entity::{BadEntity, Dimension, Entity};

use place::PlaceHash;
use sip::Sip;
use std::fmt;

/// The secret 128-bit seed of a deployment's hashes. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashSeed([u8; 16]);

impl HashSeed {
    /// The documented constant that a replay without a configured seed uses. Not a secret.
    pub const REPLAY: Self = Self(*b"credsieve-replay");

    /// A seed from 32 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten()
            .map(|n| Self(n.to_be_bytes()))
    }

    /// A seed from random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The seed as 32 hexadecimal digits, to be kept with the deployment's secrets.
    #[must_use]
    pub fn to_hex(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// The seed as two words, for hashers that take them so.
    #[must_use]
    pub fn halves(&self) -> (u64, u64) {
        let n = u128::from_be_bytes(self.0);
        #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
        ((n >> 64) as u64, n as u64)
    }
}

impl fmt::Debug for HashSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashSeed(secret)")
    }
}

/// What a hash is for. Two domains never share a value by design, whatever the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Domain {
    /// Event ids, for repeats.
    Event = 1,
    /// User names, with their tenant.
    User = 2,
    /// Device tokens, with their tenant.
    Device = 3,
    /// Tools: TLS fingerprint or user agent.
    Tool = 4,
    /// Password fingerprints, with their tenant.
    Password = 5,
    /// Tenants.
    Tenant = 6,
    /// Endpoints.
    Endpoint = 7,
    /// Source shards: /20 and /48 prefixes.
    SourceShard = 8,
    /// Slots of a table.
    Slot = 9,
    /// Pairs in a first-seen filter.
    Pair = 10,
    /// Sessions.
    Session = 11,
    /// Campaigns and what ties them together.
    Campaign = 12,
    /// What names look like.
    Name = 13,
}

/// The deployment-wide keyed, stable hash.
#[derive(Clone, Copy)]
pub struct KeyHasher {
    keyed: Sip,
    places: PlaceHash,
    seed: HashSeed,
}

impl fmt::Debug for KeyHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHasher(secret)")
    }
}

impl KeyHasher {
    /// A hasher for `seed`.
    #[must_use]
    pub fn new(seed: HashSeed) -> Self {
        let keyed = Sip::new(&seed.0);
        Self {
            keyed,
            places: PlaceHash::new(keyed),
            seed,
        }
    }

    /// The seed that it was made from.
    #[must_use]
    pub fn seed(&self) -> HashSeed {
        self.seed
    }

    /// 128 bits over `parts`, each with its length, so that moving a byte between parts changes it.
    #[must_use]
    pub fn hash128(&self, domain: Domain, parts: &[&[u8]]) -> u128 {
        self.over(domain, parts).finish128()
    }

    /// 64 bits over `parts`: the lower half of [`Self::hash128`].
    #[must_use]
    pub fn hash64(&self, domain: Domain, parts: &[&[u8]]) -> u64 {
        self.over(domain, parts).finish()
    }

    fn over(&self, domain: Domain, parts: &[&[u8]]) -> Sip {
        let mut sip = self.keyed.begin(domain as u8);
        for part in parts {
            sip.word(part.len() as u64);
            sip.bytes(part);
        }
        sip
    }

    /// 64 bits over two words: where something lies in a table, a filter or a shard. Many times faster than [`Self::hash64`],
    /// and for the inside alone: whoever saw such hashes could work out the secret behind them.
    #[must_use]
    #[inline]
    pub fn hash_words(&self, domain: Domain, a: u64, b: u64) -> u64 {
        self.places.of(domain, a, b)
    }

    /// The key of a user: a normalised name within a tenant.
    #[must_use]
    pub fn user(&self, tenant: &str, normalised_name: &str) -> u64 {
        self.hash64(
            Domain::User,
            &[tenant.as_bytes(), normalised_name.as_bytes()],
        )
    }

    /// The key of a device token within a tenant.
    #[must_use]
    pub fn device(&self, tenant: &str, device_id: &str) -> u64 {
        self.hash64(Domain::Device, &[tenant.as_bytes(), device_id.as_bytes()])
    }

    /// The key of a tool: the TLS fingerprint where there is one, else the user agent.
    #[must_use]
    pub fn tool(&self, ja4: Option<&str>, user_agent: Option<&str>) -> Option<u64> {
        match (ja4, user_agent) {
            (Some(ja4), _) => Some(self.hash64(Domain::Tool, &[b"ja4", ja4.as_bytes()])),
            (None, Some(agent)) => Some(self.hash64(Domain::Tool, &[b"agent", agent.as_bytes()])),
            (None, None) => None,
        }
    }

    /// The key of a password fingerprint within a tenant: the producer's digest, keyed again.
    #[must_use]
    pub fn password(&self, tenant: &str, fingerprint: &str) -> u64 {
        self.hash64(
            Domain::Password,
            &[tenant.as_bytes(), fingerprint.as_bytes()],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::Lane;

    fn address(text: &str) -> Address {
        Address::new(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address() {
        assert_eq!(address("::ffff:203.0.113.9"), address("203.0.113.9"));
        assert_eq!(address("203.0.113.9").to_string(), "203.0.113.9");
    }

    #[test]
    fn ipv6_is_counted_by_its_64_and_widens_to_56_and_48() {
        let a = address("2001:db8:1:2ff:3::4");
        assert_eq!(a.to_string(), "2001:db8:1:2ff::/64");
        assert_eq!(a.near().to_string(), "2001:db8:1:200::/56");
        assert_eq!(a.wide().to_string(), "2001:db8:1::/48");
        let v4 = address("203.0.113.9");
        assert_eq!(v4.near().to_string(), "203.0.113.0/24");
        assert_eq!(v4.wide().to_string(), "203.0.112.0/20");
    }

    #[test]
    fn a_network_of_any_length_is_known_but_only_some_are_counted() {
        let (v4, v6) = (address("203.0.113.9"), address("2001:db8:1:2ff::4"));
        let text = |net: Option<Prefix>| net.map(|net| net.to_string());
        assert_eq!(text(v4.network(9)).as_deref(), Some("203.0.0.0/9"));
        assert_eq!(text(v6.network(33)).as_deref(), Some("2001:db8::/33"));
        assert_eq!((v4.network(32), v6.network(64)), (None, None));
        assert_eq!(
            (v4.network(24), v6.network(48)),
            (Some(v4.near()), Some(v6.wide()))
        );
        assert!(
            [v4.near(), v4.wide(), v6.near(), v6.wide()]
                .iter()
                .all(|net| net.is_counted())
        );
        let others = [
            v4.network(25),
            v4.network(0),
            v6.network(24),
            v6.network(63),
        ];
        assert!(others.iter().flatten().all(|net| !net.is_counted()));
    }

    #[test]
    fn no_ipv6_source_collides_with_the_place_of_ipv4() {
        assert_eq!(Address::new("ff02::1".parse().unwrap()), None);
    }

    #[test]
    fn every_entity_reads_back_as_it_was_written() {
        let all = [
            Entity::Ip(address("203.0.113.9")),
            Entity::Ip(address("2001:db8::1")),
            Entity::Net(address("203.0.113.9").near()),
            Entity::Net(address("2001:db8::1").wide()),
            Entity::Net(address("203.0.113.9").network(13).unwrap()),
            Entity::Net(address("203.0.113.9").network(0).unwrap()),
            Entity::Net(address("2001:db8::1").network(63).unwrap()),
            Entity::Net(address("2001:db8::1").network(0).unwrap()),
            Entity::Asn(64500),
            Entity::Device(7),
            Entity::User(u64::MAX),
            Entity::Tool(1),
            Entity::Password(2),
            Entity::Lane(Lane::LoginBadPassword),
            Entity::Country(*b"DE"),
        ];
        for entity in all {
            assert_eq!(entity.to_string().parse(), Ok(entity), "{entity}");
        }
    }

    #[test]
    fn debug_shows_neither_seed_nor_address() {
        let shown = format!(
            "{:?} {:?} {:?}",
            HashSeed::REPLAY,
            address("203.0.113.9"),
            Entity::Ip(address("203.0.113.9"))
        );
        assert!(
            !shown.contains("203") && !shown.contains("replay"),
            "{shown}"
        );
    }

    #[test]
    fn parts_keep_their_borders() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        assert_ne!(hasher.user("ab", "c"), hasher.user("a", "bc"));
    }
}
