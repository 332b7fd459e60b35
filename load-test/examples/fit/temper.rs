//! How far what was learned from some generators is to be believed with others.
//!
//! A column that is sure of itself where its own generators are concerned is wrong with strangers as often as it is:
//! its scores would be no probabilities there, and the limits, which rest on these, would not hold. So what a column
//! says is taken some times, and its level moved, such that attempts of generators that were not learned from lose
//! least (Platt, Advances in Large Margin Classifiers, 1999). Which attempt scores above which stays as it is.

use crate::rows::Row;

/// What a column says, taken so many times, and moved by so many nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temper {
    pub times: f64,
    pub level: f64,
}

/// Steps of Newton's method: it settles in a handful.
const ROUNDS: usize = 30;
/// Between what it stays. Nothing is believed more than it says.
const LEAST: f64 = 0.2;
const MOST: f64 = 1.0;

impl Temper {
    /// What a column says, as it is.
    pub const NONE: Self = Self {
        times: 1.0,
        level: 0.0,
    };

    /// That with which rows lose least, of each of which a column said `said` that had not seen its generator.
    pub fn of(rows: &[Row], said: &[f64]) -> Self {
        let mut temper = Self::NONE;
        for _ in 0..ROUNDS {
            temper = temper.improved(rows, said);
        }
        temper
    }

    /// One step of Newton's method, first for both, then for the level alone.
    fn improved(self, rows: &[Row], said: &[f64]) -> Self {
        // Damped, so that few rows do not throw it about.
        let (mut pull, mut pull_times) = (0.0, 0.0);
        let (mut sure, mut sure_both, mut sure_times) = (1.0, 0.0, 1.0);
        for (row, said) in rows.iter().zip(said) {
            let expected = 1.0 / (1.0 + (-self.log_odds(row, *said)).exp());
            let (by, sure_of) = (row.pull(expected), row.counts * expected * (1.0 - expected));
            pull += by;
            pull_times += by * said;
            sure += sure_of;
            sure_both += sure_of * said;
            sure_times += sure_of * said * said;
        }
        let both = sure * sure_times - sure_both * sure_both;
        let by_times = (pull_times * sure - pull * sure_both) / both;
        let times = (self.times + by_times.clamp(-0.2, 0.2)).clamp(LEAST, MOST);
        let by_level = (pull - sure_both * (times - self.times)) / sure;
        Self {
            times,
            level: self.level + by_level.clamp(-1.0, 1.0),
        }
    }

    /// The log-odds of a row of which a column said `said` besides what is not on the card, in nats.
    pub fn log_odds(self, row: &Row, said: f64) -> f64 {
        row.without + self.times * said + self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_engine::card::{CardGroup, Trait};

    /// Of each kind: what the column said of it, people, attacks.
    fn temper(kinds: &[(f64, usize, usize)]) -> Temper {
        let row = |attack| Row {
            group: CardGroup::Success,
            steps: [0; Trait::COUNT],
            without: -1.0,
            attack,
            counts: 1.0,
            stands_for: 1.0,
            generator: 0,
        };
        let mut rows = Vec::new();
        let mut said = Vec::new();
        for (of, people, attacks) in kinds {
            rows.extend((0..people + attacks).map(|at| row(at < *attacks)));
            said.resize(rows.len(), *of);
        }
        Temper::of(&rows, &said)
    }

    #[test]
    fn what_is_twice_as_sure_as_it_should_be_is_taken_half() {
        // It said e^4 and e^-4; it was e^2 and e^-2.
        let half = temper(&[(5.0, 1_000, 7_389), (-3.0, 7_389, 1_000)]);
        assert!((half.times - 0.5).abs() < 0.01, "{half:?}");
        let log_odds = -1.0 + half.times * 5.0 + half.level;
        assert!((log_odds - 2.0).abs() < 0.01, "{half:?}");
    }

    #[test]
    fn what_is_right_stays_and_nothing_is_believed_more_than_it_says() {
        let right = temper(&[(3.0, 1_000, 7_389), (-1.0, 7_389, 1_000)]);
        assert!(
            (right.times - 1.0).abs() < 0.01 && right.level.abs() < 0.01,
            "{right:?}"
        );
        let timid = temper(&[(2.0, 1_000, 7_389), (0.0, 7_389, 1_000)]);
        assert!((timid.times - 1.0).abs() < 1e-9, "{timid:?}");
    }

    #[test]
    fn what_says_nothing_of_others_is_hardly_believed() {
        let noise = temper(&[(5.0, 500, 500), (-3.0, 500, 500)]);
        assert!((noise.times - LEAST).abs() < 1e-9, "{noise:?}");
    }
}
