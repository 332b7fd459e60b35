//! The networks that people and attackers share, and the addresses in them.
//!
//! Invariant: an attacker's address is drawn from the same networks by the same functions as a
//! person's, so that no network is one side's alone. The AS numbers are of the private-use range
//! and the addresses arbitrary: traffic that is made up accuses nobody's network.

use crate::rng::hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address with what a producer would know about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The address.
    pub ip: IpAddr,
    /// Its autonomous system.
    pub asn: u32,
    /// Its country.
    pub country: &'static str,
}

struct Network {
    asn: u32,
    country: &'static str,
    /// The first two bytes of its IPv4 range, of which it owns four.
    v4: [u8; 2],
    /// The first 32 bits of its IPv6 range; 0 where it has none.
    v6: u32,
}

const fn network(asn: u32, country: &'static str, v4: [u8; 2], v6: u32) -> Network {
    Network {
        asn,
        country,
        v4,
        v6,
    }
}

/// Access networks, the largest first.
const HOMES: [Network; 12] = [
    network(4_200_001_001, "DE", [84, 132], 0x2a01_4f80),
    network(4_200_001_002, "US", [71, 56], 0x2600_1f10),
    network(4_200_001_003, "GB", [81, 96], 0x2a02_6c40),
    network(4_200_001_004, "FR", [90, 20], 0x2a01_ce00),
    network(4_200_001_005, "US", [98, 204], 0),
    network(4_200_001_006, "NL", [83, 84], 0x2a02_a450),
    network(4_200_001_007, "ES", [79, 144], 0),
    network(4_200_001_008, "PL", [83, 8], 0x2a01_1150),
    network(4_200_001_009, "BR", [177, 64], 0x2804_1d00),
    network(4_200_001_010, "IN", [117, 192], 0x2401_4900),
    network(4_200_001_011, "ID", [36, 68], 0),
    network(4_200_001_012, "VN", [113, 160], 0x2402_8000),
];

/// Mobile carriers: thousands of people behind few addresses (CGNAT).
const CARRIERS: [Network; 4] = [
    network(4_200_002_001, "DE", [80, 187], 0),
    network(4_200_002_002, "US", [172, 56], 0),
    network(4_200_002_003, "GB", [82, 132], 0),
    network(4_200_002_004, "FR", [37, 164], 0),
];

/// Hosting and VPN exits: monitors, aggregators, people behind a VPN, and attackers.
const HOSTS: [Network; 6] = [
    network(4_200_003_001, "US", [34, 192], 0),
    network(4_200_003_002, "DE", [88, 196], 0x2a01_4f90),
    network(4_200_003_003, "FR", [51, 68], 0),
    network(4_200_003_004, "NL", [45, 80], 0),
    network(4_200_003_005, "US", [104, 236], 0),
    network(4_200_003_006, "SG", [128, 196], 0),
];

/// How many addresses a carrier hides its customers behind.
const CARRIER_ADDRESSES: u64 = 40;

/// The home address that `bits` stands for; the same bits are the same home.
#[must_use]
pub fn home(bits: u64) -> Place {
    // The smaller of two draws: large networks have more customers.
    let count = HOMES.len() as u64;
    let pick = (hash(0, 1, bits) % count).min(hash(0, 2, bits) % count);
    place(&HOMES[index(pick)], bits, true)
}

/// One of a carrier's shared addresses.
#[must_use]
pub fn mobile(bits: u64) -> Place {
    let network = &CARRIERS[index(hash(0, 3, bits) % 4)];
    place(network, hash(0, 4, bits % CARRIER_ADDRESSES), false)
}

/// An address at a hosting company.
#[must_use]
pub fn hosted(bits: u64) -> Place {
    place(&HOSTS[index(hash(0, 5, bits) % 6)], bits, true)
}

/// The office's single address, at a large access network.
#[must_use]
pub fn office(bits: u64) -> Place {
    place(&HOMES[index(hash(0, 6, bits) % 5)], bits, false)
}

/// Another address of the same /24 or /56.
#[must_use]
pub fn neighbour(of: Place, bits: u64) -> Place {
    let ip = match of.ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, host(bits)))
        }
        IpAddr::V6(v6) => {
            let kept = v6.to_bits() & !(0xff << 64);
            IpAddr::V6(Ipv6Addr::from_bits(kept | (u128::from(bits & 0xff) << 64)))
        }
    };
    Place { ip, ..of }
}

fn index(below_length: u64) -> usize {
    usize::try_from(below_length).expect("below the length of a small table")
}

/// A last byte that is neither the network's nor the broadcast address.
fn host(bits: u64) -> u8 {
    u8::try_from(1 + bits % 254).expect("from 1 to 254")
}

fn place(network: &Network, bits: u64, may_be_v6: bool) -> Place {
    let drawn = hash(0, 7, bits);
    let [low, mid, high, v6, ..] = drawn.to_le_bytes();
    let ip = if may_be_v6 && network.v6 != 0 && v6 < 64 {
        let prefix = u128::from(network.v6) << 96;
        let subnet = u128::from(drawn >> 32) << 64;
        let interface = u128::from(hash(0, 8, bits) | 1);
        IpAddr::V6(Ipv6Addr::from_bits(prefix | subnet | interface))
    } else {
        let [a, b] = network.v4;
        IpAddr::V4(Ipv4Addr::new(a, b + high % 4, mid, host(u64::from(low))))
    };
    Place {
        ip,
        asn: network.asn,
        country: network.country,
    }
}
