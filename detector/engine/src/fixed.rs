//! Fixed-point tables: probabilities and decay in integers, made at compile time from one constant
//! each, so that every machine has the same ones. No float and no libm anywhere in the engine.

use credsieve_models::verdict::{LogOdds, Score};

/// Beyond ten nats a probability no longer changes in its fourth digit.
const SIGMOID_ENTRIES: usize = 10 * 256 + 1;

/// exp(-1/256) in units of 2^-62.
const EXP_MINUS_STEP_Q62: u128 = 4_593_706_758_521_714_574;

/// 2^(1/600) in units of 2^-62.
const EXP2_STEP_Q62: u128 = 4_617_016_725_573_886_717;

/// 1 / (1 + exp(-n/256)) in 1/10,000, for n from 0.
#[expect(clippy::cast_possible_truncation, reason = "at most 10,000")]
const SIGMOID: [u16; SIGMOID_ENTRIES] = {
    let one: u128 = 1 << 62;
    let mut table = [0u16; SIGMOID_ENTRIES];
    let mut exp = one;
    let mut n = 0;
    while n < SIGMOID_ENTRIES {
        let sum = one + exp;
        table[n] = ((10_000 * one + sum / 2) / sum) as u16;
        exp = (exp * EXP_MINUS_STEP_Q62) >> 62;
        n += 1;
    }
    table
};

/// Steps of a half-life.
pub const DECAY_STEPS: i64 = 600;
const STEPS: usize = 600;

/// 2^(n/600) in units of 2^-15, for n from 0 to 599.
#[expect(clippy::cast_possible_truncation, reason = "below 2^16")]
const GROWTH: [u32; STEPS] = {
    let mut table = [0u32; STEPS];
    let mut power: u128 = 1 << 62;
    let mut n = 0;
    while n < STEPS {
        table[n] = ((power + (1 << 46)) >> 47) as u32;
        power = (power * EXP2_STEP_Q62) >> 62;
        n += 1;
    }
    table
};

/// The probability of log-odds.
#[must_use]
pub fn probability(log_odds: LogOdds) -> Score {
    let index = (log_odds.0.unsigned_abs() as usize).min(SIGMOID_ENTRIES - 1);
    let upper = SIGMOID[index];
    Score(if log_odds.0 >= 0 {
        upper
    } else {
        10_000 - upper
    })
}

/// The weight of something that happens `step` steps into a half-life, in units of 2^-15: from 1 to
/// just under 2. Forward decay: later things weigh more, and the sum is halved once a half-life.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the remainder lies in 0..600"
)]
pub fn growth(step: i64) -> u64 {
    u64::from(GROWTH[step.rem_euclid(DECAY_STEPS).cast_unsigned() as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_agree_with_the_logistic_function() {
        for n in -4_000..=4_000 {
            let exact = 1.0 / (1.0 + (-f64::from(n) / 256.0).exp());
            let ours = f64::from(probability(LogOdds(n)).0) / 10_000.0;
            assert!((exact - ours).abs() < 0.000_11, "{n}: {exact} {ours}");
        }
    }

    #[test]
    fn growth_agrees_with_powers_of_two() {
        for step in 0..600 {
            let exact = (f64::from(step) / 600.0).exp2() * 32_768.0;
            let ours = f64::from(u32::try_from(growth(i64::from(step))).unwrap());
            assert!((exact - ours).abs() <= 1.0, "{step}: {exact} {ours}");
        }
    }
}
