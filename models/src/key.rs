//! Entity keys: who or what an attempt is counted under.
//!
//! Everything an attacker can choose is hashed with the deployment's secret seed before it becomes
//! a key, by a hash that is stable over processes and machines (SipHash-1-3): shards, tables,
//! filters and snapshots are addressed by it. Addresses are kept readable, since they fit the key
//! as they are.

use crate::lane::Lane;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::fmt;
use std::hash::Hasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

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
}

/// The deployment-wide keyed, stable hash.
#[derive(Clone, Copy)]
pub struct KeyHasher {
    keyed: SipHasher13,
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
        Self {
            keyed: SipHasher13::new_with_key(&seed.0),
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
        let mut hasher = self.keyed;
        hasher.write(&[domain as u8]);
        for part in parts {
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        hasher.finish128().as_u128()
    }

    /// 64 bits over `parts`; see [`Self::hash128`].
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower half is a hash too"
    )]
    pub fn hash64(&self, domain: Domain, parts: &[&[u8]]) -> u64 {
        self.hash128(domain, parts) as u64
    }

    /// 64 bits over two words: slots, shards and pairs.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower half is a hash too"
    )]
    pub fn hash_words(&self, domain: Domain, a: u64, b: u64) -> u64 {
        let mut hasher = self.keyed;
        let mut bytes = [0u8; 17];
        bytes[0] = domain as u8;
        bytes[1..9].copy_from_slice(&a.to_le_bytes());
        bytes[9..].copy_from_slice(&b.to_le_bytes());
        hasher.write(&bytes);
        hasher.finish128().as_u128() as u64
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

/// An address as it is counted: an IPv4 address, or the /64 of an IPv6 one (a household or a host
/// has a whole /64, so a single IPv6 address is no more telling than a port number).
///
/// IPv4 lies in `ff00::/8`, multicast, which is never the source of a login.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Address(u64);

const IPV4: u64 = 0xff00_0000_0000_0000;

impl Address {
    /// The address of `ip`. IPv4-mapped IPv6 is IPv4. `None` for IPv6 multicast.
    #[must_use]
    pub fn new(ip: IpAddr) -> Option<Self> {
        match ip.to_canonical() {
            IpAddr::V4(v4) => Some(Self(IPV4 | u64::from(v4.to_bits()))),
            IpAddr::V6(v6) if v6.is_multicast() => None,
            IpAddr::V6(v6) => Some(Self((v6.to_bits() >> 64) as u64)),
        }
    }

    /// The packed form, which is the key in tables.
    #[must_use]
    pub fn packed(self) -> u64 {
        self.0
    }

    /// From the packed form.
    #[must_use]
    pub fn from_packed(packed: u64) -> Self {
        Self(packed)
    }

    /// The /24 or the /56.
    #[must_use]
    pub fn near(self) -> Prefix {
        if self.is_ipv4() {
            Prefix::masked(self.0, 24)
        } else {
            Prefix::masked(self.0, 56)
        }
    }

    /// The /20 or the /48: the range by which the Source room is sharded.
    #[must_use]
    pub fn wide(self) -> Prefix {
        if self.is_ipv4() {
            Prefix::masked(self.0, 20)
        } else {
            Prefix::masked(self.0, 48)
        }
    }

    /// The address, or the first one of the /64.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        if self.is_ipv4() {
            #[expect(clippy::cast_possible_truncation, reason = "IPv4 is the lower half")]
            let v4 = Ipv4Addr::from_bits(self.0 as u32);
            IpAddr::V4(v4)
        } else {
            IpAddr::V6(Ipv6Addr::from_bits(u128::from(self.0) << 64))
        }
    }

    /// Whether this is an IPv4 address.
    #[must_use]
    pub fn is_ipv4(self) -> bool {
        self.0 & IPV4 == IPV4
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip() {
            IpAddr::V4(v4) => write!(f, "{v4}"),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

/// Addresses are personal: logs that print a whole structure must not spill them.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// A network: /24 or /20 of IPv4, /56 or /48 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    packed: u64,
    len: u8,
}

impl Prefix {
    fn masked(packed: u64, len: u8) -> Self {
        let v4 = packed & IPV4 == IPV4;
        let host_bits = if v4 { 32 - len } else { 64 - len };
        Self {
            packed: packed >> host_bits << host_bits,
            len,
        }
    }

    /// The first address, packed: the key in tables.
    #[must_use]
    pub fn packed(self) -> u64 {
        self.packed
    }

    /// The length in bits: 20, 24, 48 or 56.
    #[must_use]
    pub fn len(self) -> u8 {
        self.len
    }

    /// A prefix holds at least one address.
    #[must_use]
    pub fn is_empty(self) -> bool {
        false
    }

    /// Whether this is the wider of the two that are counted (/20, /48).
    #[must_use]
    pub fn is_wide(self) -> bool {
        matches!(self.len, 20 | 48)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Address(self.packed);
        if address.is_ipv4() {
            write!(f, "{address}/{}", self.len)
        } else {
            let base = Ipv6Addr::from_bits(u128::from(self.packed) << 64);
            write!(f, "{base}/{}", self.len)
        }
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix(…/{})", self.len)
    }
}

/// A kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// An address: IPv4, or the /64 of IPv6.
    Ip,
    /// A network: /24, /20, /56 or /48.
    Net,
    /// An autonomous system.
    Asn,
    /// A device token.
    Device,
    /// A user.
    User,
    /// A tool: TLS fingerprint or user agent.
    Tool,
    /// A password fingerprint.
    Password,
    /// A lane: all attempts of one kind and outcome.
    Lane,
    /// A country.
    Country,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 9] = [
        Self::Ip,
        Self::Net,
        Self::Asn,
        Self::Device,
        Self::User,
        Self::Tool,
        Self::Password,
        Self::Lane,
        Self::Country,
    ];

    /// The name in paths, reasons and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Net => "net",
            Self::Asn => "asn",
            Self::Device => "device",
            Self::User => "user",
            Self::Tool => "tool",
            Self::Password => "password",
            Self::Lane => "lane",
            Self::Country => "country",
        }
    }

    /// The dimension of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }
}

/// One entity, as it stands in a reason: `ip:203.0.113.9`, `net:203.0.113.0/24`, `asn:64500`, a
/// `lane:login_bad_password`, or a hashed one, `user:~9f…` with 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// An address.
    Ip(Address),
    /// A network.
    Net(Prefix),
    /// An autonomous system number.
    Asn(u32),
    /// A device, by its hashed key.
    Device(u64),
    /// A user, by the hashed key.
    User(u64),
    /// A tool, by its hashed key.
    Tool(u64),
    /// A password fingerprint, keyed again.
    Password(u64),
    /// A lane.
    Lane(Lane),
    /// A country, by its two letters.
    Country([u8; 2]),
}

impl Entity {
    /// The kind of this entity.
    #[must_use]
    pub fn dimension(self) -> Dimension {
        match self {
            Self::Ip(_) => Dimension::Ip,
            Self::Net(_) => Dimension::Net,
            Self::Asn(_) => Dimension::Asn,
            Self::Device(_) => Dimension::Device,
            Self::User(_) => Dimension::User,
            Self::Tool(_) => Dimension::Tool,
            Self::Password(_) => Dimension::Password,
            Self::Lane(_) => Dimension::Lane,
            Self::Country(_) => Dimension::Country,
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.dimension().name())?;
        match self {
            Self::Ip(address) => write!(f, "{address}"),
            Self::Net(prefix) => write!(f, "{prefix}"),
            Self::Asn(asn) => write!(f, "{asn}"),
            Self::Device(key) | Self::User(key) | Self::Tool(key) | Self::Password(key) => {
                write!(f, "~{key:016x}")
            }
            Self::Lane(lane) => f.write_str(lane.name()),
            Self::Country([a, b]) => write!(f, "{}{}", char::from(*a), char::from(*b)),
        }
    }
}

impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entity({}:…)", self.dimension().name())
    }
}

/// The text is no entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an entity such as ip:203.0.113.9, net:203.0.113.0/24, asn:64500 or user:~ and 16 hexadecimal digits"
)]
pub struct BadEntity;

impl FromStr for Entity {
    type Err = BadEntity;

    fn from_str(text: &str) -> Result<Self, BadEntity> {
        let (dimension, key) = text.split_once(':').ok_or(BadEntity)?;
        let dimension = Dimension::from_name(dimension).ok_or(BadEntity)?;
        let hashed = || {
            let digits = key.strip_prefix('~').filter(|d| d.len() == 16);
            digits
                .and_then(|d| u64::from_str_radix(d, 16).ok())
                .ok_or(BadEntity)
        };
        match dimension {
            Dimension::Ip => {
                let ip = key.strip_suffix("/64").unwrap_or(key);
                let ip: IpAddr = ip.parse().map_err(|_| BadEntity)?;
                Address::new(ip).map(Self::Ip).ok_or(BadEntity)
            }
            Dimension::Net => {
                let (base, len) = key.split_once('/').ok_or(BadEntity)?;
                let base: IpAddr = base.parse().map_err(|_| BadEntity)?;
                let address = Address::new(base).ok_or(BadEntity)?;
                let len: u8 = len.parse().map_err(|_| BadEntity)?;
                [address.near(), address.wide()]
                    .into_iter()
                    .find(|p| p.len() == len)
                    .map(Self::Net)
                    .ok_or(BadEntity)
            }
            Dimension::Asn => key.parse().map(Self::Asn).map_err(|_| BadEntity),
            Dimension::Device => hashed().map(Self::Device),
            Dimension::User => hashed().map(Self::User),
            Dimension::Tool => hashed().map(Self::Tool),
            Dimension::Password => hashed().map(Self::Password),
            Dimension::Country => match key.as_bytes() {
                [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                    Ok(Self::Country([
                        a.to_ascii_uppercase(),
                        b.to_ascii_uppercase(),
                    ]))
                }
                _ => Err(BadEntity),
            },
            Dimension::Lane => Lane::from_name(key).map(Self::Lane).ok_or(BadEntity),
        }
    }
}

impl serde::Serialize for Entity {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Entity {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
