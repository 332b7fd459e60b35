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

/// exp(1/512) in units of 2^-62.
const EXP_HALF_STEP_Q62: u128 = 4_620_702_019_504_571_460;

/// 256 × ln(1 + n/256), for n from 0 to 255, to the nearest.
const LN: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut power: u128 = 1 << 62;
    let mut half_steps: u16 = 0;
    let mut n = 0;
    while n < 256 {
        let wanted = (256 + n as u128) << 54;
        while (power * EXP_HALF_STEP_Q62) >> 62 <= wanted {
            power = (power * EXP_HALF_STEP_Q62) >> 62;
            half_steps += 1;
        }
        table[n] = half_steps.div_ceil(2);
        n += 1;
    }
    table
};

/// 256 × ln 2 in units of 2^-16.
const LN_2_Q16: i64 = 11_629_080;

/// The natural logarithm of a whole number, in 1/256 nat; that of 0 is taken as that of 1.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "at most 64 × 178, and an index below 256"
)]
pub fn ln(x: u64) -> i32 {
    let x = x.max(1);
    let doublings = i64::from(x.ilog2());
    let mantissa = if doublings >= 8 {
        x >> (doublings - 8)
    } else {
        x << (8 - doublings)
    };
    ((doublings * LN_2_Q16) >> 16) as i32 + i32::from(LN[(mantissa - 256) as usize])
}

/// The logarithm of a ratio of two whole numbers, in 1/256 nat.
#[must_use]
pub fn ln_ratio(over: u64, under: u64) -> i32 {
    ln(over) - ln(under)
}

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

/// 2^(-n/600) in units of 2^-32, for n from 0 to 599.
#[expect(clippy::cast_possible_truncation, reason = "at most 2^32")]
const LEFT: [u64; STEPS] = {
    let mut table = [0u64; STEPS];
    let mut power: u128 = 1 << 62;
    let mut n = 0;
    while n < STEPS {
        table[n] = (((1 << 94) + power / 2) / power) as u64;
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

/// What is left of `value` after so many steps of 1/600 half-life.
#[must_use]
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "no more than the value")]
pub fn faded(value: u64, steps: u32) -> u64 {
    const HALF_LIFE: u32 = DECAY_STEPS as u32;
    let halves = (steps / HALF_LIFE).min(63);
    let left = LEFT[(steps % HALF_LIFE) as usize];
    // To multiply takes a fraction of the time of a division, and an attempt reads some dozen sums.
    ((u128::from(value) * u128::from(left)) >> 32) as u64 >> halves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_agree_with_the_real_ones() {
        for x in (1..5_000u64).chain([1 << 20, (1 << 40) + 12_345, u64::MAX]) {
            #[expect(clippy::cast_precision_loss, reason = "a test's yardstick")]
            let exact = (x as f64).ln() * 256.0;
            let ours = f64::from(ln(x));
            assert!((exact - ours).abs() < 2.6, "{x}: {exact} {ours}");
        }
    }

    #[test]
    fn a_value_halves_in_a_half_life() {
        assert_eq!(faded(1 << 20, 600), 1 << 19);
        assert_eq!(faded(1 << 20, 6_000), 1 << 10);
        assert_eq!(faded(1 << 20, 60_000), 0);
        let third = faded(1 << 20, 200);
        assert!((832_000..832_400).contains(&third), "{third}");
    }

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
