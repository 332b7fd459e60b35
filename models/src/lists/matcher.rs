//! What an entry matches: its value, read as its dimension wants it, as the key of whom it names.
//!
//! Two values that name the same are the same matcher, however they are written.

use super::entry::{BadListValue, ListDimension, ListEntry};
use crate::key::{Address, Entity, KeyHasher};
use ipnet::IpNet;
use std::net::IpAddr;

/// Whom an entry names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Matcher {
    User(u64),
    Device(u64),
    Net(IpNet),
    Tool(u64),
    Asn(u32),
    Country([u8; 2]),
}

impl Matcher {
    /// What an entry's value matches: one, but of a tool, whose value may be either of two forms.
    ///
    /// # Errors
    /// When the value does not fit the entry's dimension.
    pub(super) fn of(entry: &ListEntry, hasher: &KeyHasher) -> Result<Vec<Self>, BadListValue> {
        let bad = |expected| BadListValue {
            dimension: entry.dimension,
            expected,
        };
        let value = entry.value.trim();
        if value.is_empty() || value.contains('\0') || value.len() > 1024 {
            return Err(bad("1 to 1,024 bytes without NUL"));
        }
        Ok(match entry.dimension {
            ListDimension::Address => {
                let ip: IpAddr = value
                    .parse()
                    .map_err(|_| bad("an address such as 203.0.113.9"))?;
                vec![Self::Net(IpNet::from(ip.to_canonical()))]
            }
            ListDimension::Cidr => {
                let net: IpNet = value
                    .parse()
                    .map_err(|_| bad("a network such as 203.0.113.0/24"))?;
                vec![Self::Net(canonical(net).trunc())]
            }
            ListDimension::Asn => {
                let digits = value.trim_start_matches("AS").trim_start_matches("as");
                let asn = digits.parse().map_err(|_| bad("a number such as 64500"))?;
                vec![Self::Asn(asn)]
            }
            ListDimension::Country => match value.to_ascii_uppercase().as_bytes() {
                [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                    vec![Self::Country([*a, *b])]
                }
                _ => return Err(bad("two letters such as DE")),
            },
            ListDimension::Device => entry.key(hasher).map(Self::Device).into_iter().collect(),
            ListDimension::User => entry.key(hasher).map(Self::User).into_iter().collect(),
            // The value may be either form; an attempt has only one of the two keys.
            ListDimension::Tool => [
                hasher.tool(Some(value), None),
                hasher.tool(None, Some(value)),
            ]
            .into_iter()
            .flatten()
            .map(Self::Tool)
            .collect(),
        })
    }

    /// Whom it matches, where it matched an attempt from `address`.
    pub(super) fn entity(self, address: Address) -> Entity {
        match self {
            Self::User(key) => Entity::User(key),
            Self::Device(key) => Entity::Device(key),
            Self::Net(net) => {
                let network = address.network(net.prefix_len());
                network.map_or(Entity::Ip(address), Entity::Net)
            }
            Self::Tool(key) => Entity::Tool(key),
            Self::Asn(asn) => Entity::Asn(asn),
            Self::Country(code) => Entity::Country(code),
        }
    }
}

/// A network of IPv4-mapped addresses as the IPv4 network: attempts from there are IPv4.
fn canonical(net: IpNet) -> IpNet {
    const MAPPED_BITS: u8 = 96;
    match (net.addr().to_canonical(), net.prefix_len()) {
        (ip @ IpAddr::V4(_), len) if net.addr().is_ipv6() && len >= MAPPED_BITS => {
            IpNet::new(ip, len - MAPPED_BITS).unwrap_or(net)
        }
        _ => net,
    }
}
