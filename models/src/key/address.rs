//! Addresses as they are counted, and the networks around them.
//!
//! Kept readable, since they fit the key as they are.

use crate::text::Short;
use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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

    /// The network of so many leading bits around the address; `None` where that is no network of
    /// addresses as they are counted: 32 bits or more of IPv4, 64 or more of IPv6.
    #[must_use]
    pub fn network(self, len: u8) -> Option<Prefix> {
        let whole = if self.is_ipv4() { 32 } else { 64 };
        (len < whole).then(|| Prefix::masked(self.0, len))
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

impl Address {
    pub(super) fn write(self, text: &mut Short) {
        match self.ip() {
            IpAddr::V4(v4) => {
                let [first, rest @ ..] = v4.octets();
                text.decimal(first.into());
                for octet in rest {
                    text.ascii(b'.');
                    text.decimal(octet.into());
                }
            }
            // There is room for any address.
            IpAddr::V6(v6) => write!(text, "{v6}/64").unwrap_or_default(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Short::new();
        self.write(&mut text);
        f.write_str(text.as_str())
    }
}

/// Addresses are personal: logs that print a whole structure must not spill them.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// A network. Those that are counted are the /24 and /20 of IPv4, the /56 and /48 of IPv6; others stand
/// in list entries alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    packed: u64,
    len: u8,
}

impl Prefix {
    fn masked(packed: u64, len: u8) -> Self {
        let v4 = packed & IPV4 == IPV4;
        let host_bits = u32::from(if v4 { 32 - len } else { 64 - len });
        // Of all IPv6 no bit is left.
        let network = packed.checked_shr(host_bits).unwrap_or(0);
        Self {
            packed: network.unbounded_shl(host_bits),
            len,
        }
    }

    /// The first address, packed: the key in tables.
    #[must_use]
    pub fn packed(self) -> u64 {
        self.packed
    }

    /// The length in bits.
    #[must_use]
    pub fn len(self) -> u8 {
        self.len
    }

    /// Whether attempts are counted by networks of this length.
    #[must_use]
    pub fn is_counted(self) -> bool {
        let address = Address(self.packed);
        [address.near().len, address.wide().len].contains(&self.len)
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

impl Prefix {
    pub(super) fn write(self, text: &mut Short) {
        let address = Address(self.packed);
        if address.is_ipv4() {
            address.write(text);
        } else {
            let base = Ipv6Addr::from_bits(u128::from(self.packed) << 64);
            // There is room for any address.
            write!(text, "{base}").unwrap_or_default();
        }
        text.ascii(b'/');
        text.decimal(self.len.into());
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Short::new();
        self.write(&mut text);
        f.write_str(text.as_str())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefix(…/{})", self.len)
    }
}
