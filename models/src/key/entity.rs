//! Entities: who or what an attempt is counted under, as it stands in reasons and paths.

use super::{Address, Prefix};
use crate::lane::Lane;
use crate::text::Short;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// An address: IPv4, or the /64 of IPv6.
    Ip,
    /// A network: /24, /20, /56 or /48, in the reasons of lists any.
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

impl Entity {
    /// The entity as it is written.
    pub(crate) fn short(self) -> Short {
        let mut text = Short::new();
        text.text(self.dimension().name());
        text.ascii(b':');
        match self {
            Self::Ip(address) => address.write(&mut text),
            Self::Net(prefix) => prefix.write(&mut text),
            Self::Asn(asn) => text.decimal(asn),
            Self::Device(key) | Self::User(key) | Self::Tool(key) | Self::Password(key) => {
                text.ascii(b'~');
                text.hex(key.to_be_bytes());
            }
            Self::Lane(lane) => text.text(lane.name()),
            Self::Country([a, b]) => {
                text.ascii(a);
                text.ascii(b);
            }
        }
        text
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short().as_str())
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
                address.network(len).map(Self::Net).ok_or(BadEntity)
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
        out.serialize_str(self.short().as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Entity {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
