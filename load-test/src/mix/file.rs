//! The mix file: what traffic is made of, in TOML.
//!
//! A file says only what differs from the default mix. An unknown name, a share beyond 100 % or an
//! attack that does not exist is an error with file and line, never silently something else.

use super::crowds::{Crowds, knobs};
use super::units::{Percent, Span};
use crate::attacks::Attack;
use anyhow::{Context, bail};
use credsieve_models::time::{EpochMs, parse_rfc3339};
use serde::{Deserialize, Deserializer};
use std::path::Path;
use toml::Spanned;

/// The default mix: the documented example of a mix file.
pub const DEFAULT_MIX: &str = include_str!("../../mixes/default.toml");

/// The mixes that come with the binary, by name.
const MIXES: [(&str, &str); 8] = [
    ("default", DEFAULT_MIX),
    ("small", include_str!("../../mixes/small.toml")),
    ("large", include_str!("../../mixes/large.toml")),
    ("quiet", include_str!("../../mixes/quiet.toml")),
    ("flood", include_str!("../../mixes/flood.toml")),
    ("no_devices", include_str!("../../mixes/no_devices.toml")),
    (
        "no_fingerprints",
        include_str!("../../mixes/no_fingerprints.toml"),
    ),
    ("bare", include_str!("../../mixes/bare.toml")),
];

/// 2026-01-05T00:00:00Z, a Monday.
pub const A_MONDAY_MS: EpochMs = 1_767_571_200_000;

/// A mix file as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct MixFile {
    /// How large, how long, from when.
    pub size: Size,
    /// Which fields the events carry.
    pub fields: Fields,
    /// The honest crowds.
    pub crowds: Crowds,
    /// The attacks.
    pub attacks: Vec<AttackEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    size: Size,
    #[serde(default)]
    fields: Fields,
    #[serde(default)]
    crowds: Crowds,
    attack: Option<Vec<Spanned<toml::Table>>>,
}

knobs! {
    /// How large, how long, from when.
    Size {
        /// How many people have an account at the beginning.
        people: u32 = 20_000,
        /// How many days.
        days: u64 = 4,
        /// When it begins.
        start: Start = Start(A_MONDAY_MS),
        /// How often a person comes on an average working day.
        visits_per_day: Visits = Visits(160),
        /// The share of attempts that are an attack, in percent, below 100.
        attack_share: Percent = Percent::new(30),
    }
}

knobs! {
    /// The share of events that carry each field, where the client has something to put there.
    Fields {
        /// The device token.
        device_id: Percent = Percent::new(100),
        /// The TLS fingerprint.
        ja4: Percent = Percent::new(90),
        /// The `User-Agent` header.
        user_agent: Percent = Percent::new(100),
        /// The digest of the tried password.
        password_fingerprint: Percent = Percent::new(95),
        /// Of those, for passwords that were right.
        right_password_fingerprint: Percent = Percent::new(100),
        /// Why it failed.
        failure_reason: Percent = Percent::new(100),
        /// What the address database knows: AS number and country.
        network: Percent = Percent::new(97),
        /// Of those, the AS number.
        asn: Percent = Percent::new(100),
        /// Of those, the country.
        country: Percent = Percent::new(100),
        /// The second factor.
        mfa: Percent = Percent::new(100),
        /// That the password stands in a known leak.
        breached_password: Percent = Percent::new(100),
    }
}

/// When traffic begins, written as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start(pub EpochMs);

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_rfc3339(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is no time such as 2026-01-05T00:00:00Z"))
        })
    }
}

/// Visits in hundredths, written as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visits(pub u64);

impl<'de> Deserialize<'de> for Visits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visits = f64::deserialize(deserializer)?;
        if !(0.01..=100.0).contains(&visits) {
            return Err(serde::de::Error::custom(format!(
                "{visits} is not from 0.01 to 100"
            )));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 1 to 10,000, as was just seen"
        )]
        Ok(Self((visits * 100.0).round() as u64))
    }
}

/// One attack of the mix.
#[derive(Clone, Debug, PartialEq)]
pub struct AttackEntry {
    /// Which attack.
    pub kind: String,
    /// How much of it there is.
    pub amount: Amount,
    /// When it begins, since the beginning of the traffic.
    pub start: Span,
    /// How long it lasts.
    pub duration: Span,
    /// After how long it comes again, if it does.
    pub every: Option<Span>,
    /// Its own knobs.
    pub knobs: toml::Table,
    /// Of the file, for messages; 0 where it stands in none.
    pub line: usize,
}

/// How much of an attack there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Its share among the attacks with a share, which together are the attack share of the mix.
    Share(u64),
    /// Attempts a minute while it runs, whatever the attack share.
    Rate(u64),
}

impl MixFile {
    /// The default mix.
    ///
    /// # Panics
    /// Never: the default mix is tested.
    #[must_use]
    pub fn standard() -> Self {
        Self::parse(DEFAULT_MIX, "default.toml").expect("the default mix is tested")
    }

    /// Reads a mix file, or the mix of that name that comes with the binary.
    ///
    /// # Errors
    /// With file and line where something is wrong.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        if let Some((_, text)) = MIXES.iter().find(|(own, _)| *own == name) {
            return Self::parse(text, &format!("the mix `{name}`"));
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        Self::parse(&text, &name)
    }

    /// Reads the text of a mix file; `name` is the file's, for messages.
    ///
    /// # Errors
    /// With file and line where something is wrong.
    pub fn parse(text: &str, name: &str) -> anyhow::Result<Self> {
        let line_at = |at: usize| 1 + text[..at.min(text.len())].matches('\n').count();
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(span.start));
            anyhow::anyhow!("{name}, line {line}: {}", error.message())
        })?;
        let attacks = match raw.attack {
            None if text == DEFAULT_MIX => Vec::new(),
            None => Self::repeated(raw.size.days),
            Some(entries) => entries
                .into_iter()
                .map(|entry| {
                    let line = line_at(entry.span().start);
                    AttackEntry::new(entry.into_inner(), line)
                        .with_context(|| format!("{name}, line {line}"))
                })
                .collect::<anyhow::Result<_>>()?,
        };
        let file = Self {
            size: raw.size,
            fields: raw.fields,
            crowds: raw.crowds,
            attacks,
        };
        file.check().with_context(|| name.to_owned())?;
        Ok(file)
    }

    /// The attacks of the default mix, which come again as long as there are days.
    fn repeated(days: u64) -> Vec<AttackEntry> {
        let Self {
            size, mut attacks, ..
        } = Self::standard();
        if days > size.days {
            for attack in &mut attacks {
                attack.every = Some(Span::minutes(size.days * 24 * 60));
            }
        }
        attacks
    }

    fn check(&self) -> anyhow::Result<()> {
        let Size {
            people,
            days,
            attack_share,
            ..
        } = self.size;
        if !(1..=1_000_000_000).contains(&people) {
            bail!("size.people is {people}, not from 1 to 1,000,000,000");
        }
        if !(1..=3_650).contains(&days) {
            bail!("size.days is {days}, not from 1 to 3,650");
        }
        if attack_share.in_10_000() > 9_900 {
            bail!("size.attack_share is above 99: somebody has to be honest");
        }
        let launch = &self.crowds.launch.country;
        if crate::networks::Country::from_code(launch).is_none() {
            bail!("crowds.launch.country: the world has no country `{launch}`");
        }
        Ok(())
    }
}

impl AttackEntry {
    fn new(mut table: toml::Table, line: usize) -> anyhow::Result<Self> {
        let kind: String = take(&mut table, "kind")?.context("an attack has no `kind`")?;
        let share: Option<Percent> = take(&mut table, "share")?;
        let rate: Option<f64> = take(&mut table, "rate")?;
        let amount = match (share, rate) {
            (Some(share), None) => Amount::Share(share.in_10_000()),
            (None, Some(rate)) if (0.001..=6_000_000.0).contains(&rate) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a range that was just seen"
                )]
                Amount::Rate((rate * 1_000.0).round() as u64)
            }
            (None, Some(rate)) => bail!("`rate` is {rate}, not from 0.001 to 6,000,000 a minute"),
            _ => bail!("`{kind}` needs either `share` or `rate`"),
        };
        let start: Span = take(&mut table, "start")?.unwrap_or(Span::us(0));
        let duration: Span =
            take(&mut table, "duration")?.context("an attack has no `duration`")?;
        let every: Option<Span> = take(&mut table, "every")?;
        if every.is_some_and(|every| every < duration) {
            bail!("`{kind}` comes again (`every`) before its `duration` is over");
        }
        let entry = Self {
            kind,
            amount,
            start,
            duration,
            every,
            knobs: table,
            line,
        };
        // Said now rather than when traffic is made.
        entry.attack(0)?;
        Ok(entry)
    }

    /// The attack, drawn from that seed.
    ///
    /// # Errors
    /// When there is no such attack, or none of its knobs has that name or value.
    pub fn attack(&self, seed: u64) -> anyhow::Result<Attack> {
        Attack::from_knobs(&self.kind, &self.knobs, seed)
    }
}

/// Takes one value out of a table.
fn take<T: for<'de> Deserialize<'de>>(
    table: &mut toml::Table,
    name: &str,
) -> anyhow::Result<Option<T>> {
    let Some(value) = table.remove(name) else {
        return Ok(None);
    };
    let value = value
        .try_into()
        .map_err(|error: toml::de::Error| anyhow::anyhow!("`{name}`: {}", error.message()))?;
    Ok(Some(value))
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
