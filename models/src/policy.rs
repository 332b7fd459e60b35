//! The policy: the one TOML file of thresholds, with its defaults compiled in.
//!
//! `policy.toml` beside this file is the documented form of [`Policy::default`]; a test holds the
//! two together. Numbers become integers here, once: weights 1/256 nat, scores 1/10,000.

use crate::verdict::{Decision, LogOdds, Mode, Score};
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
        prior: Nats = Nats::from_hundredths(-460),
        challenge: Probability = Probability(Score(5_000)),
        block: Probability = Probability(Score(9_500)),
        family_counts_from: Nats = Nats::from_hundredths(100),
        remember: Span = Span::minutes(30),
    }
}
section! {
    /// The signals, in the order of `docs/detection.md`.
    Signals {
        attempts: Levels = Levels { levels: [10, 15, 20], weights: nats3(50, 100, 200) },
        failures: Levels = Levels { levels: [1, 5, 10], weights: nats3(0, 100, 300) },
        daily_failures: DailyFailures = DailyFailures::default(),
        distinct_users: DistinctUsers = DistinctUsers::default(),
        sprayed_users: SprayedUsers = SprayedUsers::default(),
        widening: Widening = Widening::default(),
        shared_password: SharedPassword = SharedPassword::default(),
        under_fire: UnderFire = UnderFire::default(),
        unknown_users: UnknownUsers = UnknownUsers::default(),
        listed_name: Weight = Weight { weight: Nats::from_hundredths(75) },
        breached_password: Weight = Weight { weight: Nats::from_hundredths(200) },
    }
}
section! {
    /// D4.
    DailyFailures {
        at_least: u32 = 7,
        weight: Nats = Nats::from_hundredths(200),
    }
}
section! {
    /// D2.
    DistinctUsers {
        failures: u32 = 25,
        users: u32 = 15,
        max_tries_per_user: u32 = 2,
        weight: Nats = Nats::from_hundredths(550),
    }
}
section! {
    /// D3, by users.
    SprayedUsers {
        users: u32 = 5,
        min_tries_per_user: u32 = 2,
        max_tries_per_user: u32 = 8,
        weight: Nats = Nats::from_hundredths(300),
    }
}
section! {
    /// D2 and D3 at wider places.
    Widening {
        near: u32 = 2,
        wide: u32 = 4,
        asn: u32 = 40,
        device: u32 = 1,
        tool: u32 = 100,
        network_weight: Nats = Nats::from_hundredths(350),
    }
}
section! {
    /// D3, by password fingerprint.
    SharedPassword {
        users: u32 = 5,
        weight: Nats = Nats::from_hundredths(500),
    }
}
section! {
    /// D5.
    UnderFire {
        addresses: u32 = 5,
        asns: u32 = 3,
        countries: u32 = 2,
        weight: Nats = Nats::from_hundredths(200),
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
        volume: Nats = Nats::from_hundredths(500),
        breadth: Nats = Nats::from_hundredths(600),
        password: Nats = Nats::from_hundredths(500),
        under_fire: Nats = Nats::from_hundredths(250),
        identity: Nats = Nats::from_hundredths(200),
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
    pub const BYTES_A_REPEAT: u64 = 50;
    /// With less than this beside the repeats, a shard's tables are too small to be of use.
    pub const LEAST_BYTES_A_SHARD: u64 = 40 << 10;
}

/// Three levels of a count with their weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// The counts from which each level holds, ascending.
    pub levels: [u32; 3],
    /// What each adds.
    pub weights: [Nats; 3],
}

/// A signal that is there or not.
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

/// A weight: written in nats, kept in 1/256 nat. From -32 to 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nats(pub LogOdds);

impl Nats {
    /// From hundredths of a nat, rounded to the nearest 1/256.
    #[must_use]
    pub const fn from_hundredths(hundredths: i32) -> Self {
        let half = if hundredths < 0 { -50 } else { 50 };
        Self(LogOdds((hundredths * LogOdds::NAT + half) / 100))
    }
}

impl Serialize for Nats {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(self.0.nats())
    }
}

impl<'de> Deserialize<'de> for Nats {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let nats = f64::deserialize(input)?;
        if !(-32.0..=32.0).contains(&nats) {
            return Err(serde::de::Error::custom(
                "expected a weight from -32 to 32 nats",
            ));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 × 256")]
        Ok(Self(LogOdds(
            (nats * f64::from(LogOdds::NAT)).round() as i32
        )))
    }
}

/// A probability strictly between 0 and 1, kept in 1/10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Probability(pub Score);

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let score = Score::deserialize(input)?;
        if score.0 == 0 || score.0 >= 10_000 {
            return Err(serde::de::Error::custom(
                "expected a probability above 0 and below 1",
            ));
        }
        Ok(Self(score))
    }
}

/// A length of time: written `30m`, kept in milliseconds. From one second to 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Milliseconds.
    pub ms: i64,
}

impl Span {
    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self {
            ms: minutes * 60_000,
        }
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let span = std::time::Duration::from_millis(self.ms.unsigned_abs());
        out.collect_str(&humantime::format_duration(span))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(input)?;
        let span = humantime::parse_duration(&text).map_err(|_| {
            D::Error::custom("expected a length of time such as \"30m\" or \"12h\"")
        })?;
        let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        if !(1_000..=366 * 86_400_000).contains(&ms) {
            return Err(D::Error::custom("expected from 1 second to 366 days"));
        }
        Ok(Self { ms })
    }
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
            PolicyError {
                problems: vec![Problem {
                    line,
                    message: error.message().to_owned(),
                }],
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

    /// Values that are well-formed each, but impossible or pointless together.
    fn impossible(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut check = |ok: bool, key: &'static str, message: &str| {
            if !ok {
                found.push((key, message.to_owned()));
            }
        };
        let ascending = |l: &Levels| l.levels[0] >= 1 && l.levels.is_sorted();
        let s = &self.signals;
        check(
            self.decision.challenge < self.decision.block,
            "decision.block",
            "expected more than decision.challenge",
        );
        check(
            ascending(&s.attempts),
            "signals.attempts.levels",
            "expected three counts of at least 1, ascending",
        );
        check(
            ascending(&s.failures),
            "signals.failures.levels",
            "expected three counts of at least 1, ascending",
        );
        check(
            s.sprayed_users.min_tries_per_user <= s.sprayed_users.max_tries_per_user,
            "signals.sprayed_users.max_tries_per_user",
            "expected at least min_tries_per_user",
        );
        check(
            (1..=99).contains(&s.unknown_users.share_percent),
            "signals.unknown_users.share_percent",
            "expected 1 to 99: it fires above this share",
        );
        for (key, count) in [
            ("signals.daily_failures.at_least", s.daily_failures.at_least),
            ("signals.distinct_users.failures", s.distinct_users.failures),
            ("signals.distinct_users.users", s.distinct_users.users),
            ("signals.sprayed_users.users", s.sprayed_users.users),
            ("signals.shared_password.users", s.shared_password.users),
            ("signals.under_fire.addresses", s.under_fire.addresses),
            ("signals.unknown_users.failures", s.unknown_users.failures),
            ("signals.widening.near", s.widening.near),
            ("signals.widening.wide", s.widening.wide),
            ("signals.widening.asn", s.widening.asn),
            ("signals.widening.device", s.widening.device),
            ("signals.widening.tool", s.widening.tool),
            ("standing.shared_users", self.standing.shared_users),
        ] {
            check((1..=60_000).contains(&count), key, "expected 1 to 60,000");
        }
        check(
            self.familiarity.known_device.0.0 <= 0,
            "familiarity.known_device",
            "expected at most 0: a known device does not incriminate",
        );
        for fence in &self.geo_fences {
            let two_letters =
                |c: &String| c.len() == 2 && c.bytes().all(|b| b.is_ascii_alphabetic());
            check(
                !fence.countries.is_empty() && fence.countries.iter().all(two_letters),
                "geo_fences.countries",
                "expected ISO 3166-1 alpha-2 codes such as \"DE\"",
            );
            check(
                fence.outside != Decision::Allow,
                "geo_fences.outside",
                "expected challenge or block",
            );
        }
        self.impossible_weights(&mut check);
        self.impossible_scales(&mut check);
        self.impossible_limits(&mut check);
        self.impossible_sizes(&mut check);
        found
    }

    /// Evidence never acquits, and a family that says nothing never speaks: else one family, or
    /// none, would block.
    fn impossible_weights(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        let (s, c) = (&self.signals, &self.caps);
        let lightest = |levels: &Levels| levels.weights.into_iter().min().expect("three weights");
        for (key, weight) in [
            ("signals.attempts.weights", lightest(&s.attempts)),
            ("signals.failures.weights", lightest(&s.failures)),
            ("signals.daily_failures.weight", s.daily_failures.weight),
            ("signals.distinct_users.weight", s.distinct_users.weight),
            ("signals.sprayed_users.weight", s.sprayed_users.weight),
            ("signals.widening.network_weight", s.widening.network_weight),
            ("signals.shared_password.weight", s.shared_password.weight),
            ("signals.under_fire.weight", s.under_fire.weight),
            ("signals.unknown_users.weight", s.unknown_users.weight),
            ("signals.listed_name.weight", s.listed_name.weight),
            (
                "signals.breached_password.weight",
                s.breached_password.weight,
            ),
            ("caps.volume", c.volume),
            ("caps.breadth", c.breadth),
            ("caps.password", c.password),
            ("caps.under_fire", c.under_fire),
            ("caps.identity", c.identity),
            ("standing.volume_cap", self.standing.volume_cap),
        ] {
            check(weight.0.0 >= 0, key, "expected at least 0");
        }
        check(
            self.decision.family_counts_from.0.0 > 0,
            "decision.family_counts_from",
            "expected more than 0: a family that says nothing does not count",
        );
    }

    /// A limit beyond what is counted would never be reached.
    fn impossible_scales(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        let s = &self.signals;
        let most = s.distinct_users.users.max(s.distinct_users.failures);
        for (key, scale) in [
            ("signals.widening.near", s.widening.near),
            ("signals.widening.wide", s.widening.wide),
            ("signals.widening.asn", s.widening.asn),
            ("signals.widening.device", s.widening.device),
            ("signals.widening.tool", s.widening.tool),
        ] {
            check(
                most.max(s.sprayed_users.users).saturating_mul(scale) <= 60_000,
                key,
                "expected at most 60,000 when multiplied with the limits of distinct_users and sprayed_users",
            );
        }
        for (key, limit, most) in [
            ("signals.under_fire.addresses", s.under_fire.addresses, 200),
            ("signals.under_fire.asns", s.under_fire.asns, 3),
            ("signals.under_fire.countries", s.under_fire.countries, 2),
            ("standing.shared_users", self.standing.shared_users, 200),
        ] {
            let message = format!("expected at most {most}: more are not told apart");
            check(limit <= most, key, &message);
        }
    }

    /// A limit is kept in whole milliseconds of 32 bits.
    fn impossible_limits(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        const MOST_DAYS: i64 = 30;
        let limits = &self.rate_limits;
        for (keys, limit) in [
            (
                [
                    "rate_limits.ip.attempts",
                    "rate_limits.ip.per",
                    "rate_limits.ip.decision",
                ],
                &limits.ip,
            ),
            (
                [
                    "rate_limits.user.attempts",
                    "rate_limits.user.per",
                    "rate_limits.user.decision",
                ],
                &limits.user,
            ),
        ] {
            let Some(limit) = limit else { continue };
            check(
                limit.attempts >= 1 && i64::from(limit.attempts) <= limit.per.ms / 10,
                keys[0],
                "expected at least 1, and at most 100 a second",
            );
            check(
                limit.per.ms <= MOST_DAYS * 86_400_000,
                keys[1],
                "expected at most 30 days",
            );
            check(
                limit.decision != Decision::Allow,
                keys[2],
                "expected challenge or block",
            );
        }
    }

    fn impossible_sizes(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        let state = &self.state;
        check(
            (4..=1_048_576).contains(&state.memory_mib),
            "state.memory_mib",
            "expected 4 to 1,048,576",
        );
        check(
            state.shards.is_power_of_two() && state.shards <= 1024,
            "state.shards",
            "expected a power of two up to 1,024",
        );
        check(
            (1..=1_000_000_000).contains(&state.repeats),
            "state.repeats",
            "expected 1 to 1,000,000,000",
        );
        let least = u64::from(state.repeats) * State::BYTES_A_REPEAT
            + u64::from(state.shards) * State::LEAST_BYTES_A_SHARD;
        check(
            u64::from(state.memory_mib) << 20 >= least,
            "state.memory_mib",
            &format!(
                "expected at least {} for these shards and repeats",
                least.div_ceil(1 << 20)
            ),
        );
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
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_and_the_compiled_defaults_are_the_same_policy() {
        let file = Policy::parse(DEFAULT_TOML).unwrap();
        assert_eq!(file.diff(&Policy::default()), Vec::<String>::new());
        assert_eq!(file, Policy::default());
    }

    #[test]
    fn an_empty_file_is_the_default_and_one_value_changes_only_itself() {
        assert_eq!(Policy::parse("").unwrap(), Policy::default());
        let policy = Policy::parse("[signals.distinct_users]\nusers = 9\n").unwrap();
        assert_eq!(
            Policy::default().diff(&policy),
            ["signals.distinct_users.users: 15 -> 9"]
        );
        assert_ne!(policy.hash(), Policy::default().hash());
    }

    #[test]
    fn unknown_keys_and_wrong_types_are_refused_with_their_line() {
        for (text, line, part) in [
            ("mode = \"enforce\"\nmood = 1\n", 2, "mood"),
            ("[decision]\n\nchalenge = 0.4\n", 3, "chalenge"),
            ("mode = \"loud\"\n", 1, "loud"),
            (
                "[signals.attempts]\nlevels = [1, 2]\nweights = [0, 0, 0]\n",
                2,
                "3",
            ),
            ("[decision]\nremember = \"soon\"\n", 2, "length of time"),
            ("[decision]\nprior = -900\n", 2, "nats"),
            ("[decision\n", 1, ""),
        ] {
            let error = Policy::parse(text).unwrap_err();
            assert_eq!(error.problems[0].line, Some(line), "{text}: {error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn impossible_values_are_refused_with_their_line_and_all_at_once() {
        let text = "[decision]\nchallenge = 0.9\nblock = 0.8\n[state]\nshards = 63\n";
        let error = Policy::parse(text).unwrap_err();
        let lines: Vec<_> = error.problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [Some(3), Some(5)], "{error}");
    }

    #[test]
    fn values_that_would_break_an_invariant_or_never_fire_are_refused_with_their_line() {
        for (text, line) in [
            // A family that says nothing would count towards the two that a block needs.
            ("[decision]\nfamily_counts_from = 0.0\n", 2),
            // More evidence would lower the score.
            (
                "[signals.failures]\nlevels = [1, 5, 10]\nweights = [0, 1, -3]\n",
                3,
            ),
            ("[signals.shared_password]\nweight = -1\n", 2),
            // A cap below what a family can take away has no meaning (and no clamp).
            ("[caps]\nvolume = -9\n", 2),
            ("[standing]\nvolume_cap = -9\n", 2),
            // Exceeding a limit would acquit.
            (
                "[rate_limits.ip]\nattempts = 5\nper = \"1m\"\ndecision = \"allow\"\n",
                4,
            ),
            (
                "[[geo_fences]]\ncountries = [\"DE\"]\noutside = \"allow\"\n",
                3,
            ),
            // Limits that would never be reached.
            (
                "[rate_limits.ip]\nattempts = 2000\nper = \"1s\"\ndecision = \"block\"\n",
                2,
            ),
            (
                "[rate_limits.user]\nattempts = 5\nper = \"366d\"\ndecision = \"block\"\n",
                3,
            ),
            ("[signals.under_fire]\nasns = 4\n", 2),
            ("[signals.unknown_users]\nshare_percent = 100\n", 2),
            ("[signals.widening]\nwide = 60000\n", 2),
            ("[standing]\nshared_users = 600\n", 2),
            // The repeats alone are larger than the memory; the shards alone are.
            ("[state]\nmemory_mib = 8\n", 2),
            (
                "[state]\nmemory_mib = 32\nshards = 1024\nrepeats = 1000\n",
                2,
            ),
        ] {
            let error = Policy::parse(text).expect_err(text);
            assert_eq!(error.problems[0].line, Some(line), "{text}: {error}");
        }
    }

    #[test]
    fn comments_do_not_change_the_hash() {
        let policy = Policy::parse("# a comment\n[decision]\nchallenge = 0.50\n").unwrap();
        assert_eq!(policy.hash(), Policy::default().hash());
    }
}
