//! The policy: the one TOML file of thresholds, with its defaults compiled in.
//!
//! `policy.toml` beside this file is the documented form of [`Policy::default`]; a test holds the
//! two together. Numbers become integers here, once: weights 1/256 nat, scores 1/10,000.

mod possible;
mod units;

pub use units::{Nats, Probability, Span};

use crate::verdict::{Decision, Mode, Score};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The default policy as a commented file.
pub const DEFAULT_TOML: &str = include_str!("policy.toml");

/// Every threshold and weight. The fields are explained in `policy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "documented where users read them, in policy.toml"
)]
pub struct Policy {
    pub mode: PolicyMode,
    pub decision: DecisionPolicy,
    pub signals: Signals,
    pub caps: Caps,
    pub familiarity: Familiarity,
    pub standing: Standing,
    pub sessions: Sessions,
    pub rate_limits: RateLimits,
    pub geo_fences: Vec<GeoFence>,
    pub names: Names,
    pub privacy: Privacy,
    pub state: State,
}

/// [`Mode`] with enforcing as its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyMode(pub Mode);

impl Default for PolicyMode {
    fn default() -> Self {
        Self(Mode::Enforce)
    }
}

/// Declares a section whose default values stand beside its fields.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $default:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[allow(missing_docs, reason = "documented where users read them, in policy.toml")]
        pub struct $name { $(pub $field: $type),+ }
        impl Default for $name { fn default() -> Self { Self { $($field: $default),+ } } }
    };
}

section! {
    /// From log-odds to a decision.
    DecisionPolicy {
        prior: Nats = Nats::from_hundredths(-550),
        challenge: Probability = Probability(Score(2_500)),
        block: Probability = Probability(Score(9_990)),
        people_per_100_000: u32 = 100,
        family_counts_from: Nats = Nats::from_hundredths(100),
        remember: Span = Span::minutes(30),
    }
}
section! {
    /// The signals, in the order of `docs/detection.md`.
    Signals {
        off: Vec<String> = Vec::new(),
        attempts: Levels = Levels::default(),
        failures: Failures = Failures::default(),
        daily_failures: DailyFailures = DailyFailures::default(),
        distinct_users: Weight = Weight { weight: Nats::from_hundredths(550) },
        networks: Weight = Weight { weight: Nats::from_hundredths(500) },
        devices: Weight = Weight { weight: Nats::from_hundredths(500) },
        shared_password: Weight = Weight { weight: Nats::from_hundredths(500) },
        under_fire: Weight = Weight { weight: Nats::from_hundredths(400) },
        unknown_users: UnknownUsers = UnknownUsers::default(),
        listed_name: Weight = Weight { weight: Nats::from_hundredths(75) },
        copied_device: Weight = Weight { weight: Nats::from_hundredths(600) },
        breached_password: Weight = Weight { weight: Nats::from_hundredths(200) },
    }
}
section! {
    /// Three levels of a count, ascending, and what each adds.
    Levels {
        levels: [u32; 3] = [10, 15, 20],
        weights: [Nats; 3] = nats3(50, 100, 200),
    }
}
section! {
    /// What weighs nothing yet, where nobody belongs, and the most that more of it adds.
    Failures {
        usual: u32 = 4,
        weight: Nats = Nats::from_hundredths(900),
    }
}
section! {
    /// The same in a day.
    DailyFailures {
        usual: u32 = 7,
        weight: Nats = Nats::from_hundredths(400),
    }
}
section! {
    /// D13.
    UnknownUsers {
        failures: u32 = 20,
        share_percent: u32 = 50,
        weight: Nats = Nats::from_hundredths(300),
    }
}
section! {
    /// The most that a family can add.
    Caps {
        volume: Nats = Nats::from_hundredths(1000),
        breadth: Nats = Nats::from_hundredths(800),
        password: Nats = Nats::from_hundredths(600),
        under_fire: Nats = Nats::from_hundredths(400),
        identity: Nats = Nats::from_hundredths(800),
    }
}
section! {
    /// What familiarity is worth.
    Familiarity {
        known_device: Nats = Nats::from_hundredths(-300),
    }
}
section! {
    /// When an address counts as shared, and what that does.
    Standing {
        shared_users: u32 = 5,
        volume_cap: Nats = Nats::from_hundredths(75),
        breadth_cap: Nats = Nats::from_hundredths(350),
    }
}
section! {
    /// Sessions.
    Sessions {
        silence: Span = Span::minutes(30),
    }
}
section! {
    /// Names that attackers try first.
    Names {
        file: Option<String> = None,
    }
}
section! {
    /// What is kept of names.
    Privacy {
        pseudonymise_usernames: bool = false,
    }
}
section! {
    /// The size of the state.
    State {
        memory_mib: u32 = 256,
        shards: u32 = 64,
        repeats: u32 = 1_000_000,
    }
}

impl State {
    /// What a remembered repeat takes, with slack.
    pub const BYTES_A_REPEAT: u64 = 40;
    /// What is known about everybody takes so much, whatever the size.
    pub const FIXED_BYTES: u64 = 1_240 << 10;
    /// With less than this beside the repeats, a shard's tables are too small to be of use.
    pub const LEAST_BYTES_A_SHARD: u64 = 40 << 10;
}

/// A signal by the most that it adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// What it adds.
    pub weight: Nats,
}

/// Explicit limits; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// For each address.
    pub ip: Option<RateLimit>,
    /// For each user.
    pub user: Option<RateLimit>,
}

/// At most so many attempts in a time; more get the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many.
    pub attempts: u32,
    /// In which time.
    pub per: Span,
    /// What the attempts beyond get.
    pub decision: Decision,
}

/// The countries from which an endpoint is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeoFence {
    /// The endpoint; every one where absent.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// ISO 3166-1 alpha-2 codes inside the fence.
    pub countries: Vec<String>,
    /// What attempts from outside get. An attempt of unknown country is inside.
    pub outside: Decision,
}

const fn nats3(a: i32, b: i32, c: i32) -> [Nats; 3] {
    [
        Nats::from_hundredths(a),
        Nats::from_hundredths(b),
        Nats::from_hundredths(c),
    ]
}

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct PolicyError {
    /// Everything that is wrong with it.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl PolicyError {
    fn describe(&self) -> String {
        let lines: Vec<String> = self
            .problems
            .iter()
            .map(|problem| match problem.line {
                Some(line) => format!("line {line}: {}", problem.message),
                None => problem.message.clone(),
            })
            .collect();
        lines.join("\n")
    }
}

impl Policy {
    /// Reads a policy; what the text does not say has its default.
    ///
    /// # Errors
    /// Every problem found, each with its line.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start].matches('\n').count() + 1);
            // Which key stood twice is not in the message.
            let twice = error.span().filter(|_| error.message() == "duplicate key");
            let message = match twice.and_then(|span| text.get(span)) {
                Some(key) => format!("`{}` is set twice", key.trim()),
                None => error.message().to_owned(),
            };
            PolicyError {
                problems: vec![Problem { line, message }],
            }
        })?;
        let problems: Vec<Problem> = policy
            .impossible()
            .into_iter()
            .map(|(key, message)| Problem {
                line: line_of(text, key),
                message: format!("{key}: {message}"),
            })
            .collect();
        if problems.is_empty() {
            Ok(policy)
        } else {
            Err(PolicyError { problems })
        }
    }

    /// The hash that stands in every verdict: over the values, not over comments or spelling.
    ///
    /// # Panics
    /// Never: a policy always has a JSON form.
    #[must_use]
    pub fn hash(&self) -> Arc<str> {
        let canonical = serde_json::to_vec(self).expect("a policy has a JSON form");
        let digest = Sha256::digest(canonical);
        let (upper, lower) = digest.split_at(16);
        let word = |half: &[u8]| {
            half.iter()
                .fold(0u128, |n, byte| n << 8 | u128::from(*byte))
        };
        format!("sha256:{:032x}{:032x}", word(upper), word(lower)).into()
    }

    /// What differs between two policies, as `key: ours -> theirs`, in the order of the keys.
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<String> {
        let (ours, theirs) = (self.flat(), other.flat());
        let mut keys: Vec<&String> = ours.iter().chain(&theirs).map(|(k, _)| k).collect();
        keys.sort_unstable();
        keys.dedup();
        let find = |list: &[(String, String)], key: &str| {
            list.iter()
                .find(|(k, _)| k == key)
                .map_or_else(|| "unset".to_owned(), |(_, v)| v.clone())
        };
        keys.into_iter()
            .filter_map(|key| {
                let (a, b) = (find(&ours, key), find(&theirs, key));
                (a != b).then(|| format!("{key}: {a} -> {b}"))
            })
            .collect()
    }

    fn flat(&self) -> Vec<(String, String)> {
        fn walk(key: &str, value: &serde_json::Value, out: &mut Vec<(String, String)>) {
            match value {
                serde_json::Value::Object(map) => {
                    for (name, value) in map {
                        let dot = if key.is_empty() { "" } else { "." };
                        walk(&format!("{key}{dot}{name}"), value, out);
                    }
                }
                serde_json::Value::Null => {}
                value => out.push((key.to_owned(), value.to_string())),
            }
        }
        let mut out = Vec::new();
        let value = serde_json::to_value(self).expect("a policy has a JSON form");
        walk("", &value, &mut out);
        out
    }
}

/// The line on which a dotted key is set, where it is set in the plain form.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let mut table = String::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_matches(|c| c == '[' || c == ']');
            header.trim().clone_into(&mut table);
        } else if let Some((name, _)) = line.split_once('=') {
            let full = if table.is_empty() {
                name.trim().to_owned()
            } else {
                format!("{table}.{}", name.trim())
            };
            if full == key {
                return Some(index + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
