//! The fit: a logistic sum of steps, every trait at a time, until all agree.

use crate::rows::Row;
use credsieve_engine::card::{Slope, Trait};

/// Rounds over all traits.
const ROUNDS: usize = 40;
/// A step of few attempts stays near nothing: as if so much had been seen that says neither.
const PRIOR: f64 = 4.0;
/// The level of a lane is free to go where it must.
const PRIOR_OF_LEVEL: f64 = 0.5;
/// The most that one trait may say, in nats.
const MOST: f64 = 8.0;

/// Counts have so many steps; the pattern's and the lane's ratios rise by themselves.
const COUNT_STEPS: usize = 13;

/// Weights by trait and step, in nats.
pub struct Fit(Vec<Vec<f64>>);

impl Fit {
    /// Fits to rows, each with the log-odds that it has without the card.
    pub fn of(rows: &[Row]) -> Self {
        let mut weights: Vec<Vec<f64>> = Trait::ALL
            .iter()
            .map(|of| vec![0.0; of.steps().len() + 1])
            .collect();
        let mut log_odds: Vec<f64> = rows.iter().map(|row| row.without).collect();
        for _ in 0..ROUNDS {
            for (of, weights) in Trait::ALL.iter().zip(&mut weights) {
                let better = improved(*of, weights, rows, &log_odds);
                for (row, log_odds) in rows.iter().zip(&mut log_odds) {
                    let step = row.step(*of);
                    *log_odds += better[step] - weights[step];
                }
                *weights = better;
            }
        }
        Self(weights)
    }

    /// The same sums, written so that what is usual weighs nothing: what remains is the level of the
    /// lane, which goes with its excess.
    pub fn centred(mut self) -> Vec<Vec<f64>> {
        let mut level = 0.0;
        for (of, weights) in Trait::ALL.iter().zip(&mut self.0) {
            if *of == Trait::Excess {
                continue;
            }
            let usual = weights[usual_step(*of)];
            for weight in weights.iter_mut() {
                *weight -= usual;
            }
            level += usual;
            keep_rising(*of, weights);
        }
        for weight in &mut self.0[Trait::Excess as usize] {
            *weight += level;
        }
        self.0
    }
}

/// One step of Newton's method for one trait, bent to its slope.
fn improved(of: Trait, weights: &[f64], rows: &[Row], log_odds: &[f64]) -> Vec<f64> {
    let mut pull = vec![0.0; weights.len()];
    let mut sure = vec![0.0; weights.len()];
    for (row, log_odds) in rows.iter().zip(log_odds) {
        let expected = 1.0 / (1.0 + (-log_odds).exp());
        let step = row.step(of);
        pull[step] += row.pull(expected);
        sure[step] += row.counts * expected * (1.0 - expected);
    }
    let prior = if of == Trait::Excess {
        PRIOR_OF_LEVEL
    } else {
        PRIOR
    };
    let moved: Vec<f64> = (0..weights.len())
        .map(|step| {
            let by = (pull[step] - prior * weights[step]) / (sure[step] + prior);
            weights[step] + by.clamp(-1.0, 1.0)
        })
        .collect();
    let bent = match of.slope() {
        Slope::None => moved,
        Slope::Rising => rising(&moved, &sure),
        Slope::Falling => {
            let negative: Vec<f64> = moved.iter().map(|weight| -weight).collect();
            rising(&negative, &sure)
                .iter()
                .map(|weight| -weight)
                .collect()
        }
    };
    bent.into_iter()
        .map(|weight| weight.clamp(-MOST, MOST))
        .collect()
}

/// The nearest values that never fall: neighbours that do are put together (pool adjacent violators).
fn rising(values: &[f64], sure: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, sure) in values.iter().zip(sure) {
        let mut pool = (*value, sure + 1e-3, 1);
        while let Some((before, weight, count)) = pools.pop_if(|(before, ..)| *before > pool.0) {
            let both = weight + pool.1;
            pool = (
                (before * weight + pool.0 * pool.1) / both,
                both,
                count + pool.2,
            );
        }
        pools.push(pool);
    }
    pools
        .iter()
        .flat_map(|(value, _, count)| std::iter::repeat_n(*value, *count))
        .collect()
}

/// What no log of ours had so much of weighs a little more all the same: a count that has stopped to
/// tell the crowds of these logs apart goes on rising, by the least step each.
fn keep_rising(of: Trait, weights: &mut [f64]) {
    const LEAST: f64 = 1.0 / 16.0;
    if of.slope() != Slope::Rising || of.steps().len() != COUNT_STEPS {
        return;
    }
    for step in usual_step(of) + 1..weights.len() {
        weights[step] = weights[step].max(weights[step - 1] + LEAST);
    }
}

/// The step that weighs nothing: where nothing was counted and nobody belongs, or nothing is known.
fn usual_step(of: Trait) -> usize {
    match of {
        Trait::Network | Trait::Tool | Trait::Pattern => usize::from(of.step_of(0)),
        Trait::UsersNow | Trait::NearUsers => 3,
        Trait::UsersToday => 2,
        Trait::WideUsers | Trait::TriesEach => 1,
        // No password is told; a service that is known, without excess.
        Trait::Password => 15,
        Trait::Again => 5,
        Trait::Warmth => 12,
        // A new device of a user without history, at a new place.
        Trait::Device => 6,
        Trait::PlaceHistory => 20,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_fall_are_put_together_and_others_stay() {
        for (values, expected) in [
            ([1.0, 2.0, 3.0, 9.0], [1.0, 2.0, 3.0, 9.0]),
            ([1.0, 4.0, 2.0, 9.0], [1.0, 3.0, 3.0, 9.0]),
            ([4.0, 3.0, 2.0, 1.0], [2.5; 4]),
        ] {
            let rising = rising(&values, &[1.0; 4]);
            let near = rising
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(near, "{rising:?}");
        }
    }
}
