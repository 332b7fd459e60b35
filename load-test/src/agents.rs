//! The clients: browsers, the service's own app, and tools, each with a user agent and a JA4.
//!
//! An agent does not know its version, only how far it lags behind: what it calls itself follows
//! from the day on which it is written down, so that versions drift over weeks by themselves.
//! Attackers draw from the same table, with other weights: stolen sessions of real browsers are
//! what stuffing kits imitate, and aggregators use the same libraries as scripts do.

mod table;

use crate::digits;
use crate::rng::hash;
use table::{Part, TEMPLATES};

/// A client program and how far behind the newest version it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    template: u8,
    lag: u8,
    /// The device model, and the day of the month on which it updates.
    variant: u8,
}

/// When an agent is written down: what its version depends on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// Days since 1 January 1970.
    pub day: i64,
    /// Hours since a release of the app that every phone takes at once; negative before.
    pub app_release_hours: Option<i64>,
    /// Within how many hours every phone takes it.
    pub app_release_within: i64,
}

/// 1 January 2026.
const FIRST_DAY: i64 = 20_454;

/// A browser on a desk.
#[must_use]
pub fn desktop(bits: u64) -> Agent {
    const WEIGHTED: [u8; 32] = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 5, 6, 7, 8, 8, 8,
        8, 13,
    ];
    of(WEIGHTED[usize::from(bits.to_le_bytes()[0]) % 32], bits)
}

/// A browser on a phone.
#[must_use]
pub fn phone(bits: u64) -> Agent {
    const WEIGHTED: [u8; 16] = [9, 9, 9, 9, 9, 9, 10, 11, 11, 11, 11, 11, 11, 11, 12, 12];
    of(WEIGHTED[usize::from(bits.to_le_bytes()[0]) % 16], bits)
}

/// A browser on a tablet.
#[must_use]
pub fn tablet(bits: u64) -> Agent {
    of(14, bits)
}

/// The service's own app.
#[must_use]
pub fn app(bits: u64) -> Agent {
    of(if bits & 1 == 0 { 15 } else { 16 }, bits)
}

/// The service's own app on the same phone as a browser of `phone`.
#[must_use]
pub fn app_beside(phone: Agent, bits: u64) -> Agent {
    of(
        if matches!(phone.template, 9 | 10 | 14) {
            15
        } else {
            16
        },
        bits,
    )
}

/// A script's HTTP library.
#[must_use]
pub fn script(bits: u64) -> Agent {
    const WEIGHTED: [u8; 16] = [
        17, 17, 17, 17, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22, 23, 25,
    ];
    of(WEIGHTED[usize::from(bits.to_le_bytes()[0]) % 16], bits)
}

/// The uptime monitor.
#[must_use]
pub fn probe() -> Agent {
    of(26, 0)
}

fn of(template: u8, bits: u64) -> Agent {
    let about = TEMPLATES[usize::from(template)].about;
    let [_, variant, .., a, b] = bits.to_le_bytes();
    Agent {
        template,
        // The smaller of two draws counted from the newest: most people update.
        lag: (a % 16).min(b % 16) % about,
        variant,
    }
}

impl Agent {
    /// Whether it is the service's own app.
    #[must_use]
    pub fn is_app(self) -> bool {
        TEMPLATES[usize::from(self.template)].app
    }

    /// Whether it runs on a phone.
    #[must_use]
    pub fn is_phone(self) -> bool {
        matches!(self.template, 9..=12 | 15 | 16)
    }

    fn version(self, moment: Moment) -> i64 {
        let template = &TEMPLATES[usize::from(self.template)];
        let days = moment.day - FIRST_DAY;
        let newest = |days: i64| template.version + days.div_euclid(template.every_days);
        let taken = moment.app_release_hours.is_some_and(|hours| {
            template.app && hours >= i64::from(self.variant) % moment.app_release_within.max(1)
        });
        if taken {
            return newest(days) + 1;
        }
        // Not all take a version on the day on which it comes.
        newest(days - i64::from(self.variant) % template.every_days.min(21)) - i64::from(self.lag)
    }

    /// Appends the `User-Agent` header.
    pub fn write(self, moment: Moment, out: &mut String) {
        let version = self.version(moment);
        for part in TEMPLATES[usize::from(self.template)].parts {
            match *part {
                Part::Text(text) => out.push_str(text),
                Part::Version => number(version, out),
                // 28 is 26.2; what comes before 26.0 is 18.6 and less.
                Part::Apple if version >= 26 => {
                    out.push_str("26.");
                    number(version - 26, out);
                }
                Part::Apple => {
                    out.push_str("18.");
                    number((version - 19).max(0), out);
                }
                Part::Detail(list) => out.push_str(list[usize::from(self.variant) % list.len()]),
            }
        }
    }

    /// Appends the TLS fingerprint: that of the library, which changes with every few versions.
    pub fn write_ja4(self, moment: Moment, out: &mut String) {
        let template = &TEMPLATES[usize::from(self.template)];
        let library = template.tls as u64;
        let step = match template.tls {
            // What a script's library offers follows from the system beneath it.
            table::Tls::Python | table::Tls::Curl | table::Tls::Node => i64::from(self.variant % 4),
            table::Tls::Apple => i64::from(self.version(moment) >= 26),
            _ => self.version(moment).div_euclid(5),
        };
        let bits = hash(0x4a41, library, step.unsigned_abs());
        out.push_str("t13d");
        digits::number(13 + bits % 5, out);
        out.push_str("16h2_");
        digits::hex(bits >> 16, 12, out);
        out.push('_');
        digits::hex(hash(0x4a41, 1, bits) >> 16, 12, out);
    }
}

fn number(value: i64, out: &mut String) {
    digits::number(value.unsigned_abs(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(agent: Agent, day: i64) -> String {
        let mut out = String::new();
        let moment = Moment {
            day,
            ..Moment::default()
        };
        agent.write(moment, &mut out);
        out
    }

    #[test]
    fn every_program_names_itself_and_moves_on_over_the_months() {
        for (template, row) in TEMPLATES.iter().enumerate() {
            let agent = of(u8::try_from(template).unwrap(), 0);
            let (now, later) = (text(agent, FIRST_DAY + 30), text(agent, FIRST_DAY + 500));
            assert!(now.bytes().all(|byte| byte != b'"' && byte != b'\\'));
            let stays = row.every_days > 1_000;
            assert_eq!(now == later, stays, "{now}");
        }
        assert!(text(of(8, 0), FIRST_DAY).contains("Version/26."));
    }

    #[test]
    fn a_release_changes_every_app_within_its_hours_and_nothing_else() {
        let at = |agent: Agent, hours| {
            let mut out = String::new();
            let moment = Moment {
                day: FIRST_DAY + 40,
                app_release_hours: Some(hours),
                app_release_within: 6,
            };
            agent.write(moment, &mut out);
            out
        };
        for bits in 0..500u64 {
            let bits = hash(1, 1, bits);
            assert_ne!(at(app(bits), -1), at(app(bits), 6));
            assert_eq!(at(phone(bits), -1), at(phone(bits), 6));
        }
    }
}
