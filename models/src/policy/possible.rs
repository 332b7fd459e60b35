//! What a policy must not say: values that are well-formed each, but impossible, pointless or unsafe
//! together.

use super::{GeoFence, Levels, Policy, State};
use crate::key::Dimension;
use crate::verdict::{Decision, Measure};

impl Policy {
    /// Values that are well-formed each, but impossible or pointless together.
    pub(super) fn impossible(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut check = |ok: bool, key: &'static str, message: &str| {
            if !ok {
                found.push((key, message.to_owned()));
            }
        };
        check(
            (1..=10_000).contains(&self.decision.people_per_100_000),
            "decision.people_per_100_000",
            "expected 1 to 10,000",
        );
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
            (1..=99).contains(&s.unknown_users.share_percent),
            "signals.unknown_users.share_percent",
            "expected 1 to 99: it fires above this share",
        );
        for (key, count) in [
            ("signals.failures.usual", s.failures.usual),
            ("signals.daily_failures.usual", s.daily_failures.usual),
            ("signals.unknown_users.failures", s.unknown_users.failures),
            ("standing.shared_users", self.standing.shared_users),
        ] {
            check((1..=60_000).contains(&count), key, "expected 1 to 60,000");
        }
        check(
            self.familiarity.known_device.0.0 <= 0,
            "familiarity.known_device",
            "expected at most 0: a known device does not incriminate",
        );
        self.impossible_fences(&mut check);
        self.impossible_off(&mut check);
        self.impossible_weights(&mut check);
        self.impossible_scales(&mut check);
        self.impossible_limits(&mut check);
        self.impossible_sizes(&mut check);
        found
    }

    /// Of several fences the strictest that an attempt is outside of decides: two for one endpoint are inside each other, the
    /// wider one stricter, or one of them is not meant.
    fn impossible_fences(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        for (n, fence) in self.geo_fences.iter().enumerate() {
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
            check(
                fence.endpoint.as_deref() != Some(""),
                "geo_fences.endpoint",
                "no attempt has an empty one; leave the key out for a fence on every endpoint",
            );
            for other in &self.geo_fences[n + 1..] {
                check(
                    fence.endpoint != other.endpoint || fence.goes_with(other),
                    "geo_fences.countries",
                    &format!(
                        "two fences for {}, and an attempt would have to be inside both: name all countries in one fence \
                         (of two the one with more countries must be the stricter)",
                        fence.endpoint.as_ref().map_or_else(
                            || "every endpoint".to_owned(),
                            |endpoint| format!("the endpoint {endpoint:?}")
                        )
                    ),
                );
            }
        }
    }

    /// What is left out is a signal that was counted. What an operator decided by hand is taken back where it was decided:
    /// were it switched off here, a limit or a list would stand there and hold no more.
    fn impossible_off(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        for name in &self.signals.off {
            let named = name.split_once('.').and_then(|(dimension, measure)| {
                Dimension::from_name(dimension).and(Measure::from_name(measure))
            });
            let instead = match named {
                Some(Measure::Listed) => {
                    "remove the list entry (DELETE /v1/lists/{id}), or let it end by its expires_at"
                }
                Some(Measure::OutsideFence) => "remove the fence from geo_fences",
                Some(Measure::OverLimit) => {
                    "remove rate_limits.ip or rate_limits.user, or set `decision = \"challenge\"` there"
                }
                Some(_) => continue,
                None => {
                    let message = format!(
                        "{name:?} is no signal; expected names as in the reasons of verdicts, such as \"lane.excess\""
                    );
                    check(false, "signals.off", &message);
                    continue;
                }
            };
            let message = format!("{name:?} is no signal but what you decided by hand; {instead}");
            check(false, "signals.off", &message);
        }
    }

    /// Evidence never acquits, and a family that says nothing never speaks: else one family, or
    /// none, would block.
    fn impossible_weights(&self, check: &mut impl FnMut(bool, &'static str, &str)) {
        let (s, c) = (&self.signals, &self.caps);
        let lightest = |levels: &Levels| levels.weights.into_iter().min().expect("three weights");
        for (key, weight) in [
            ("signals.attempts.weights", lightest(&s.attempts)),
            ("signals.failures.weight", s.failures.weight),
            ("signals.daily_failures.weight", s.daily_failures.weight),
            ("signals.distinct_users.weight", s.distinct_users.weight),
            ("signals.networks.weight", s.networks.weight),
            ("signals.devices.weight", s.devices.weight),
            ("signals.shared_password.weight", s.shared_password.weight),
            ("signals.under_fire.weight", s.under_fire.weight),
            ("signals.unknown_users.weight", s.unknown_users.weight),
            ("signals.listed_name.weight", s.listed_name.weight),
            ("signals.copied_device.weight", s.copied_device.weight),
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
        check(
            self.standing.shared_users <= 200,
            "standing.shared_users",
            "expected at most 200: more are not told apart",
        );
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
        let least = State::FIXED_BYTES
            + u64::from(state.repeats) * State::BYTES_A_REPEAT
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
}

impl GeoFence {
    /// Whether one of the two lies inside the other, which is stricter: challenge abroad, block far away.
    fn goes_with(&self, other: &Self) -> bool {
        let inside = |inner: &Self, outer: &Self| {
            let has = |code: &String| outer.countries.iter().any(|c| c.eq_ignore_ascii_case(code));
            inner.countries.iter().all(has)
        };
        match (inside(self, other), inside(other, self)) {
            (true, false) => other.outside > self.outside,
            (false, true) => self.outside > other.outside,
            _ => false,
        }
    }
}
