//! The networks that people and attackers share, and the addresses in them.
//!
//! Invariant: an attacker's address is drawn from the same networks by the same functions as a
//! person's, so that no network is one side's alone. Nothing is stored: an address is a hash of what
//! it belongs to.

mod table;

use crate::rng::hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;
use table::{CARRIERS, COUNTRIES, HOMES, HOSTS, NetworkRow};

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

/// A country of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country(u8);

/// One connection to an access network: a household's, an office's, a rented one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    network: u16,
    city: u8,
    bits: u64,
}

/// A company's exits: VPN providers have theirs in several hosting networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider(u8);

struct Network {
    asn: u32,
    country: &'static str,
    /// Its first range of 65,536 addresses, as the first two bytes.
    first: u32,
    /// How many such ranges it has.
    sixteens: u32,
    /// The first 32 bits of its IPv6 range, of which it owns sixteen; 0 where it has none.
    v6: u32,
}

/// The networks of one kind, with those of each country.
struct Kind {
    networks: Vec<Network>,
    /// For each country: which, with the weights summed up to each.
    of_country: Vec<Vec<(u16, u32)>>,
    /// All, with the weights summed up.
    all: Vec<(u16, u32)>,
}

struct Atlas {
    homes: Kind,
    carriers: Kind,
    hosts: Kind,
    /// Where people live: the weights summed up.
    people: Vec<(u16, u32)>,
}

/// Companies that offer VPN exits.
pub const PROVIDERS: u64 = 14;
/// Exits of a company.
pub const EXITS: u64 = 48;
/// How many /24 of a hosting company are rented out as single servers.
const RENTED: u64 = 512;
/// Cities of a country, the largest first.
const CITIES: u64 = 24;
/// How many addresses a carrier hides its customers behind, where nothing else is said.
pub const CARRIER_ADDRESSES: u64 = 16;

static ATLAS: LazyLock<Atlas> = LazyLock::new(|| Atlas {
    homes: Kind::new(&HOMES, 1_000, 0),
    carriers: Kind::new(&CARRIERS, 2_000, HOMES.len()),
    hosts: Kind::new(&HOSTS, 3_000, HOMES.len() + CARRIERS.len()),
    people: summed(COUNTRIES.iter().map(|country| country.people)),
});

fn summed(weights: impl Iterator<Item = u32>) -> Vec<(u16, u32)> {
    let mut sum = 0;
    (0..)
        .zip(weights)
        .map(|(index, weight)| {
            sum += weight;
            (index, sum)
        })
        .collect()
}

/// The entry that `bits` fall on.
fn pick(sums: &[(u16, u32)], bits: u64) -> u16 {
    let total = u64::from(sums.last().map_or(1, |(_, sum)| *sum).max(1));
    let at = bits % total;
    let index = sums.partition_point(|(_, sum)| u64::from(*sum) <= at);
    sums.get(index).map_or(0, |(which, _)| *which)
}

impl Kind {
    fn new(rows: &[NetworkRow], first_asn: u32, before: usize) -> Self {
        let networks = (0..)
            .zip(rows)
            .map(|(index, row)| Network::new(row, first_asn + 1 + index, before as u64, index))
            .collect();
        let of_country = COUNTRIES
            .iter()
            .map(|country| {
                let mut sum = 0;
                (0..)
                    .zip(rows)
                    .filter(|(_, row)| row.country == country.code)
                    .map(|(index, row)| {
                        sum += row.weight;
                        (index, sum)
                    })
                    .collect()
            })
            .collect();
        Self {
            networks,
            of_country,
            all: summed(rows.iter().map(|row| row.sixteens)),
        }
    }
}

impl Network {
    fn new(row: &NetworkRow, asn: u32, before: u64, index: u32) -> Self {
        // Each network has a first byte of its own, none of which is reserved for anything.
        let bytes: Vec<u32> = (2..=223)
            .filter(|byte| !matches!(byte, 10 | 100 | 127 | 169 | 172 | 192 | 198 | 203))
            .collect();
        let number = before + u64::from(index);
        let byte = bytes[at(number * 59 + 31, bytes.len())];
        let quarter = u32::try_from(hash(0, 20, number) % 4).expect("below four");
        let prefixes = [0x2003, 0x2400, 0x2600, 0x2804, 0x2a00, 0x2a02];
        let prefix = prefixes[at(hash(0, 21, number), prefixes.len())] + (number / 128);
        let v6 = (prefix << 16) | ((number & 0x7f) << 8) | 0x40;
        Self {
            asn: 4_200_000_000 + asn,
            country: row.country,
            first: (byte << 8) | (quarter * 64),
            sixteens: row.sixteens,
            v6: u32::try_from(v6).map_or(0, |v6| if row.v6 { v6 } else { 0 }),
        }
    }

    fn place(&self, ip: IpAddr) -> Place {
        Place {
            ip,
            asn: self.asn,
            country: self.country,
        }
    }

    /// An address in the /24 of that number.
    fn v4(&self, slash24: u64, host_bits: u64) -> Place {
        let slash24 = u32::try_from(slash24 % u64::from(self.sixteens * 256)).expect("below 2^14");
        let address = (self.first << 16) + (slash24 << 8) + u32::from(host(host_bits));
        self.place(IpAddr::V4(Ipv4Addr::from_bits(address)))
    }

    /// The address of a /56 (24 bits), its subnet and the interface in it.
    fn v6(&self, range: u64, slash56: u64, subnet: u64, interface: u64) -> Place {
        let high = u64::from(self.v6) + (range & 0xf);
        let prefix = high << 32 | (slash56 & 0x00ff_ffff) << 8 | (subnet & 0xff);
        let bits = u128::from(prefix) << 64 | u128::from(interface);
        self.place(IpAddr::V6(Ipv6Addr::from_bits(bits)))
    }
}

impl Country {
    /// Where somebody lives: mostly in one of three countries.
    #[must_use]
    pub fn of_people(bits: u64) -> Self {
        Self(small(u64::from(pick(&ATLAS.people, bits))))
    }

    /// Any country, whether the service has people there or not.
    #[must_use]
    pub fn any(bits: u64) -> Self {
        Self(small(bits % COUNTRIES.len() as u64))
    }

    /// The country of that code, where the world has it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let index = COUNTRIES.iter().position(|row| row.code == code)?;
        Some(Self(u8::try_from(index).ok()?))
    }

    /// The one where most people are.
    #[must_use]
    pub fn first() -> Self {
        Self(0)
    }

    /// All.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).take(COUNTRIES.len()).map(Self)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        COUNTRIES[usize::from(self.0)].code
    }

    /// Hours from UTC to its clocks.
    #[must_use]
    pub fn utc_offset(self) -> i64 {
        COUNTRIES[usize::from(self.0)].utc_offset
    }
}

impl Line {
    /// The line that `bits` stand for in that country: large networks and large cities have more.
    #[must_use]
    pub fn of(country: Country, bits: u64) -> Self {
        let of_country = &ATLAS.homes.of_country[usize::from(country.0)];
        Self::at_network(pick(of_country, hash(0, 1, bits)), bits)
    }

    /// A line anywhere in the world: those who rent out connections have them in all large networks.
    #[must_use]
    pub fn anywhere(bits: u64) -> Self {
        Self::at_network(pick(&ATLAS.homes.all, hash(0, 2, bits)), bits)
    }

    fn at_network(network: u16, bits: u64) -> Self {
        let drawn = hash(0, 3, bits) % (CITIES * CITIES);
        let city = (1..=CITIES)
            .position(|k| drawn < k * k)
            .map_or(0, |rank| CITIES - 1 - rank as u64);
        Self {
            network,
            city: small(city),
            bits,
        }
    }

    /// Another line of the same network and city: a neighbour's, or what a thief rents to look near.
    #[must_use]
    pub fn nearby(self, bits: u64) -> Self {
        Self {
            bits: hash(self.bits, 4, bits),
            ..self
        }
    }

    fn network(&self) -> &'static Network {
        &ATLAS.homes.networks[usize::from(self.network)]
    }

    /// Whether the network has IPv6.
    #[must_use]
    pub fn has_v6(&self) -> bool {
        self.network().v6 != 0
    }

    /// The address while that lease lasts: the same line and lease are the same address.
    #[must_use]
    pub fn v4(&self, lease: u64) -> Place {
        let network = self.network();
        let owned = u64::from(network.sixteens * 256);
        let spread = (256 >> (self.city / 4)).min(owned / 2).max(16);
        let start = hash(u64::from(network.asn), 5, u64::from(self.city)) % (owned - spread + 1);
        let drawn = hash(self.bits, 6, lease);
        network.v4(start + drawn % spread, drawn >> 32)
    }

    /// The address of a device while that lease lasts; IPv4 where the network has no IPv6.
    #[must_use]
    pub fn v6(&self, lease: u64, subnet: u64, interface: u64) -> Place {
        if !self.has_v6() {
            return self.v4(lease);
        }
        let drawn = hash(self.bits, 7, lease);
        // Most routers use the first subnets of what they are given.
        let range = u64::from(self.city);
        let slash56 = (u64::from(self.city) << 19) ^ (drawn >> 45);
        self.network().v6(range, slash56, subnet, interface)
    }
}

impl Provider {
    /// The company that `bits` stand for; a few are much larger than the rest.
    #[must_use]
    pub fn of(bits: u64) -> Self {
        let drawn = (bits % PROVIDERS).min((bits >> 32) % PROVIDERS);
        Self(small(drawn))
    }

    /// Its exit of that number: 48 exits, some hosting networks, neighbours in each.
    #[must_use]
    pub fn exit(self, number: u64) -> Place {
        let number = number % EXITS;
        let rented = hash(u64::from(self.0), 8, number / 8);
        let which = pick(&ATLAS.hosts.all, hash(0, 9, rented % 97));
        let drawn = hash(u64::from(self.0), 10, number);
        ATLAS.hosts.networks[usize::from(which)].v4(rented % RENTED, drawn)
    }

    /// An address of its relays in IPv6 where the network has it: another for every connection.
    #[must_use]
    pub fn relay(self, bits: u64) -> Place {
        let number = bits % EXITS;
        let rented = hash(u64::from(self.0), 8, number / 8);
        let network =
            &ATLAS.hosts.networks[usize::from(pick(&ATLAS.hosts.all, hash(0, 9, rented % 97)))];
        if network.v6 == 0 {
            return self.exit(number);
        }
        network.v6(rented, rented >> 8, bits >> 8, hash(0, 11, bits))
    }
}

/// A connection of somebody at home, anywhere: mostly where the service has people.
#[must_use]
pub fn home(bits: u64) -> Place {
    let line = if bits % 100 < 85 {
        Line::of(Country::of_people(hash(0, 12, bits)), bits)
    } else {
        Line::anywhere(bits)
    };
    home_on(line, bits)
}

/// A connection at home in that country.
#[must_use]
pub fn home_in(country: Country, bits: u64) -> Place {
    home_on(Line::of(country, bits), bits)
}

/// The address of a rented line: in IPv6 as often as people's.
#[must_use]
pub fn home_on(line: Line, bits: u64) -> Place {
    if hash(0, 13, bits) % 100 < 28 {
        line.v6(0, hash(0, 14, bits) % 2, hash(0, 15, bits))
    } else {
        line.v4(0)
    }
}

/// The carrier of somebody in that country.
fn carrier(country: Country, bits: u64) -> &'static Network {
    let carriers = &ATLAS.carriers;
    let of_country = &carriers.of_country[usize::from(country.0)];
    if of_country.is_empty() {
        let homes = &ATLAS.homes;
        let which = pick(&homes.of_country[usize::from(country.0)], bits);
        return &homes.networks[usize::from(which)];
    }
    &carriers.networks[usize::from(pick(of_country, bits))]
}

/// One of the shared addresses of a customer's carrier: `customer` chooses the carrier and the half
/// of its addresses that serve the customer's region, `attach` one of them.
#[must_use]
pub fn cell(country: Country, customer: u64, attach: u64, addresses: u64) -> Place {
    let network = carrier(country, hash(0, 16, customer));
    let half = (addresses / 2).max(1);
    let region = if addresses > 1 { customer >> 63 } else { 0 };
    let number = region * half + hash(0, 17, attach) % half;
    let drawn = hash(u64::from(network.asn), 18, number);
    network.v4(240 + number / 8, drawn)
}

/// A phone's own address in IPv6, where its carrier has that: another at every attach.
#[must_use]
pub fn cell_v6(country: Country, customer: u64, attach: u64) -> Option<Place> {
    let network = carrier(country, hash(0, 16, customer));
    let (prefix, interface) = (hash(0, 19, attach), hash(0, 20, attach));
    (network.v6 != 0).then(|| network.v6(prefix, prefix >> 8, prefix >> 40, interface))
}

/// One of a carrier's shared addresses, where the service has people.
#[must_use]
pub fn mobile(bits: u64) -> Place {
    let country = Country::of_people(hash(0, 22, bits));
    if hash(0, 23, bits) % 100 < 30
        && let Some(place) = cell_v6(country, bits, bits)
    {
        return place;
    }
    cell(country, bits, bits, CARRIER_ADDRESSES)
}

/// An address at a hosting company: half of them VPN exits that people use too.
#[must_use]
pub fn hosted(bits: u64) -> Place {
    if hash(0, 24, bits).is_multiple_of(2) {
        return Provider::of(hash(0, 25, bits)).exit(hash(0, 26, bits));
    }
    server(bits)
}

/// A rented server.
#[must_use]
pub fn server(bits: u64) -> Place {
    let which = pick(&ATLAS.hosts.all, hash(0, 27, bits));
    let network = &ATLAS.hosts.networks[usize::from(which)];
    let drawn = hash(0, 28, bits);
    if network.v6 != 0 && drawn % 100 < 15 {
        return network.v6(drawn, drawn >> 8, drawn >> 40, hash(0, 29, bits));
    }
    // The ranges that are rented out are a small part of what the company owns.
    network.v4((drawn >> 8) % RENTED, drawn >> 32)
}

/// Of 10,000 people, how many live in that country.
pub(crate) fn country_share(country: Country) -> u32 {
    COUNTRIES[usize::from(country.0)].people
}

/// A hotel's single address, where hundreds of guests come and go: a country has 40.
#[must_use]
pub fn hotel(country: Country, bits: u64) -> Place {
    Line::of(country, hash(0, 31, bits % 40)).v4(0)
}

/// An office's single address: at a large access network of its country.
#[must_use]
pub fn office_in(country: Country, bits: u64) -> Place {
    Line::of(country, bits).v4(0)
}

/// The office's single address, in one of the countries where people are.
#[must_use]
pub fn office(bits: u64) -> Place {
    office_in(Country::of_people(hash(0, 30, bits)), bits)
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

fn at(bits: u64, length: usize) -> usize {
    usize::try_from(bits % length as u64).expect("below the length of a small table")
}

/// The number of a country, city or company, of which there are few.
fn small(number: u64) -> u8 {
    u8::try_from(number).expect("there are fewer than 256 of anything")
}

/// A last byte that is neither the network's nor the broadcast address.
fn host(bits: u64) -> u8 {
    u8::try_from(1 + bits % 254).expect("from 1 to 254")
}

#[cfg(test)]
mod tests;
