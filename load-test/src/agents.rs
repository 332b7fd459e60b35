//! The clients: browsers, the service's own app, and tools, each with a user agent and a JA4.
//!
//! Attackers draw from the same table, with other weights: stolen sessions of real browsers are
//! what stuffing kits imitate, and aggregators use the same libraries as scripts do.

use crate::rng::hash;
use std::fmt::Write;

/// A client program and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    template: u8,
    version: u16,
}

/// How the text around the version reads.
struct Template {
    before: &'static str,
    after: &'static str,
    first_version: u16,
    versions: u16,
}

const fn template(
    before: &'static str,
    after: &'static str,
    first_version: u16,
    versions: u16,
) -> Template {
    Template {
        before,
        after,
        first_version,
        versions,
    }
}

const TEMPLATES: [Template; 13] = [
    template(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
        ".0.0.0 Safari/537.36",
        134,
        8,
    ),
    template(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
        ".0.0.0 Safari/537.36",
        134,
        8,
    ),
    template(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/",
        ".0",
        136,
        6,
    ),
    template(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/",
        ".4 Safari/605.1.15",
        16,
        3,
    ),
    template(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/",
        ".0.0.0",
        135,
        5,
    ),
    template(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/",
        ".0",
        136,
        6,
    ),
    template(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/",
        ".5 Mobile/15E148 Safari/604.1",
        16,
        3,
    ),
    template(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/",
        ".0.0.0 Mobile Safari/537.36",
        134,
        8,
    ),
    template("HarbourApp/", ".2 (iOS 18.5; iPhone15,3)", 40, 6),
    template("HarbourApp/", ".1 (Android 15) okhttp/4.12.0", 40, 6),
    template("python-requests/2.", ".3", 28, 5),
    template("Go-http-client/", ".0", 2, 1),
    template("UptimeProbe/", ".4", 2, 1),
];

/// A browser on a desk.
#[must_use]
pub fn desktop(bits: u64) -> Agent {
    const WEIGHTED: [u8; 12] = [0, 0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 5];
    of(WEIGHTED[usize::from(bits.to_le_bytes()[0]) % 12], bits)
}

/// A browser on a phone.
#[must_use]
pub fn phone(bits: u64) -> Agent {
    of(if bits & 1 == 0 { 6 } else { 7 }, bits)
}

/// The service's own app.
#[must_use]
pub fn app(bits: u64) -> Agent {
    of(if bits & 1 == 0 { 8 } else { 9 }, bits)
}

/// A script's HTTP library.
#[must_use]
pub fn script(bits: u64) -> Agent {
    of(if bits.is_multiple_of(3) { 11 } else { 10 }, bits)
}

/// The uptime monitor.
#[must_use]
pub fn probe() -> Agent {
    of(12, 0)
}

fn of(template: u8, bits: u64) -> Agent {
    let Template {
        first_version,
        versions,
        ..
    } = TEMPLATES[usize::from(template)];
    let [.., a, b] = bits.to_le_bytes();
    // The smaller of two draws counted from the newest: most people update.
    let age = u16::from(a % 16).min(u16::from(b % 16)) % versions;
    Agent {
        template,
        version: first_version + versions - 1 - age,
    }
}

impl Agent {
    /// Appends the `User-Agent` header.
    pub fn write(self, out: &mut String) {
        let template = &TEMPLATES[usize::from(self.template)];
        out.push_str(template.before);
        write!(out, "{}", self.version).expect("a String takes what is written");
        out.push_str(template.after);
    }

    /// Appends the TLS fingerprint, which changes with every fourth version.
    pub fn write_ja4(self, out: &mut String) {
        let bits = hash(
            0x4a41,
            u64::from(self.template),
            u64::from(self.version / 4),
        );
        let (ciphers, hash_of) = (13 + bits % 5, bits >> 16);
        let extensions = hash(0x4a41, 1, bits) >> 16;
        write!(out, "t13d{ciphers}16h2_{hash_of:012x}_{extensions:012x}")
            .expect("a String takes what is written");
    }
}
