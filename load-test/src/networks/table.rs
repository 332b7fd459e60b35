//! The countries and networks of the made-up world: who is where, and who owns which addresses.
//!
//! The AS numbers are of the private-use range, and ranges are dealt out by arithmetic: traffic that
//! is made up accuses nobody's network.

/// A country with the people whom the service has there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountryRow {
    pub code: &'static str,
    /// Hours from UTC to the clocks there.
    pub utc_offset: i64,
    /// Of 10,000 people, how many live there.
    pub people: u32,
}

const fn country(code: &'static str, utc_offset: i64, people: u32) -> CountryRow {
    CountryRow {
        code,
        utc_offset,
        people,
    }
}

/// Three countries have 85 % of the people; the rest is a tail, and some have nobody yet.
pub(crate) const COUNTRIES: [CountryRow; 34] = [
    country("DE", 1, 4_400),
    country("GB", 0, 2_300),
    country("US", -6, 1_800),
    country("AT", 1, 300),
    country("CH", 1, 220),
    country("NL", 1, 190),
    country("FR", 1, 180),
    country("PL", 1, 110),
    country("ES", 1, 90),
    country("IT", 1, 80),
    country("CA", -5, 65),
    country("SE", 1, 40),
    country("BE", 1, 35),
    country("IE", 0, 30),
    country("DK", 1, 25),
    country("IN", 5, 22),
    country("AU", 10, 20),
    country("CZ", 1, 18),
    country("PT", 0, 14),
    country("TR", 3, 12),
    country("NO", 1, 10),
    country("FI", 2, 8),
    country("RO", 2, 7),
    country("GR", 2, 6),
    country("UA", 2, 5),
    country("MX", -6, 4),
    country("JP", 9, 3),
    country("ZA", 2, 2),
    country("SG", 8, 1),
    country("AR", -3, 1),
    country("ID", 7, 1),
    country("VN", 7, 1),
    country("NG", 1, 0),
    country("BR", -3, 0),
];

/// A network as it stands in the tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetworkRow {
    pub country: &'static str,
    /// Its share among the networks of its country and kind.
    pub weight: u32,
    /// How many ranges of 65,536 addresses it owns, at most 64.
    pub sixteens: u32,
    /// Whether it has IPv6.
    pub v6: bool,
}

const fn row(country: &'static str, weight: u32, sixteens: u32, v6: u8) -> NetworkRow {
    NetworkRow {
        country,
        weight,
        sixteens,
        v6: v6 == 1,
    }
}

/// Access networks, by country.
pub(crate) const HOMES: [NetworkRow; 72] = [
    row("DE", 38, 64, 1),
    row("DE", 24, 40, 1),
    row("DE", 14, 24, 1),
    row("DE", 10, 16, 1),
    row("DE", 6, 8, 0),
    row("DE", 4, 4, 1),
    row("DE", 3, 2, 0),
    row("DE", 1, 1, 1),
    row("GB", 34, 48, 1),
    row("GB", 26, 32, 1),
    row("GB", 18, 24, 0),
    row("GB", 12, 16, 0),
    row("GB", 6, 4, 1),
    row("GB", 3, 2, 1),
    row("GB", 1, 1, 0),
    row("US", 30, 64, 1),
    row("US", 22, 64, 1),
    row("US", 14, 48, 1),
    row("US", 10, 32, 0),
    row("US", 8, 24, 1),
    row("US", 6, 16, 0),
    row("US", 5, 8, 1),
    row("US", 3, 4, 0),
    row("US", 2, 2, 0),
    row("AT", 55, 12, 1),
    row("AT", 30, 8, 0),
    row("AT", 15, 4, 1),
    row("CH", 60, 10, 1),
    row("CH", 40, 6, 1),
    row("NL", 45, 16, 1),
    row("NL", 38, 12, 1),
    row("NL", 17, 4, 0),
    row("FR", 40, 48, 1),
    row("FR", 26, 32, 1),
    row("FR", 20, 24, 1),
    row("FR", 14, 16, 0),
    row("PL", 60, 16, 0),
    row("PL", 40, 12, 1),
    row("ES", 58, 24, 0),
    row("ES", 42, 16, 1),
    row("IT", 60, 24, 0),
    row("IT", 40, 16, 1),
    row("CA", 55, 16, 1),
    row("CA", 45, 12, 0),
    row("IN", 65, 24, 1),
    row("IN", 35, 16, 0),
    row("BR", 50, 24, 1),
    row("BR", 30, 12, 1),
    row("BR", 20, 6, 0),
    row("SE", 1, 12, 1),
    row("BE", 1, 10, 1),
    row("IE", 1, 6, 0),
    row("DK", 1, 8, 0),
    row("AU", 1, 16, 1),
    row("CZ", 1, 8, 1),
    row("PT", 1, 8, 1),
    row("TR", 1, 16, 0),
    row("NO", 1, 8, 1),
    row("FI", 1, 8, 1),
    row("RO", 1, 12, 0),
    row("GR", 1, 6, 1),
    row("UA", 1, 8, 0),
    row("MX", 1, 16, 0),
    row("JP", 1, 24, 1),
    row("ZA", 1, 6, 0),
    row("SG", 1, 4, 1),
    row("AR", 1, 12, 0),
    row("ID", 60, 16, 0),
    row("ID", 40, 8, 1),
    row("VN", 60, 16, 1),
    row("VN", 40, 8, 0),
    row("NG", 1, 4, 0),
];

/// Mobile carriers, by country. A country without one has its phones at its access network.
pub(crate) const CARRIERS: [NetworkRow; 20] = [
    row("DE", 45, 2, 1),
    row("DE", 33, 2, 1),
    row("DE", 22, 1, 0),
    row("GB", 42, 2, 1),
    row("GB", 34, 2, 0),
    row("GB", 24, 1, 1),
    row("US", 40, 2, 1),
    row("US", 35, 2, 1),
    row("US", 25, 2, 1),
    row("AT", 1, 1, 0),
    row("CH", 1, 1, 1),
    row("NL", 1, 1, 1),
    row("FR", 1, 2, 1),
    row("PL", 1, 1, 1),
    row("ES", 1, 1, 0),
    row("IT", 1, 1, 0),
    row("CA", 1, 1, 1),
    row("IN", 1, 4, 1),
    row("TR", 1, 1, 0),
    row("BR", 1, 2, 1),
];

/// Hosting companies, where VPN exits, relays, scripts, monitors and aggregators are, and attackers.
pub(crate) const HOSTS: [NetworkRow; 40] = [
    row("US", 16, 64, 1),
    row("US", 10, 48, 1),
    row("US", 8, 32, 1),
    row("US", 6, 16, 0),
    row("US", 5, 8, 1),
    row("US", 4, 4, 0),
    row("US", 3, 4, 0),
    row("US", 2, 2, 1),
    row("US", 2, 1, 0),
    row("US", 1, 1, 0),
    row("US", 1, 1, 0),
    row("US", 1, 1, 0),
    row("DE", 12, 24, 1),
    row("DE", 7, 12, 1),
    row("DE", 4, 4, 1),
    row("DE", 2, 2, 0),
    row("DE", 1, 1, 0),
    row("DE", 1, 1, 0),
    row("NL", 8, 8, 1),
    row("NL", 5, 4, 1),
    row("NL", 3, 2, 0),
    row("NL", 1, 1, 0),
    row("NL", 1, 1, 0),
    row("FR", 9, 16, 1),
    row("FR", 3, 4, 1),
    row("FR", 1, 1, 0),
    row("GB", 5, 8, 0),
    row("GB", 3, 2, 1),
    row("GB", 1, 1, 0),
    row("SG", 3, 4, 0),
    row("SG", 1, 1, 0),
    row("CA", 4, 4, 1),
    row("CA", 1, 1, 0),
    row("SE", 2, 1, 0),
    row("CH", 2, 1, 1),
    row("RO", 2, 2, 0),
    row("PL", 1, 1, 0),
    row("FI", 3, 4, 1),
    row("IE", 4, 8, 0),
    row("JP", 2, 2, 0),
];
