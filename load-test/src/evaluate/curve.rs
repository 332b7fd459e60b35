//! What the scores of the first verdicts say: are they probabilities, and what would other
//! thresholds catch?

use crate::report::share;
use credsieve_models::Score;
use serde::Serialize;

/// How many scores there are: from 0 to 1 in 1/10,000.
const STEPS: usize = 10_001;

/// How often each score was given to attacks and to people.
#[derive(Clone, PartialEq)]
pub struct Scores {
    attacks: Vec<u64>,
    people: Vec<u64>,
}

impl std::fmt::Debug for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (attacks, people) = self.above(0);
        write!(f, "Scores({attacks} attacks, {people} people)")
    }
}

impl Default for Scores {
    fn default() -> Self {
        Self {
            attacks: vec![0; STEPS],
            people: vec![0; STEPS],
        }
    }
}

/// Verdicts whose scores lie between two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The lower bound.
    pub from: f64,
    /// The upper bound, which only the last bin includes.
    pub to: f64,
    /// Verdicts with such a score.
    pub verdicts: u64,
    /// Of them on attacks.
    pub attacks: u64,
    /// The share of attacks; 0 without verdicts.
    pub share: f64,
    /// The mean of their scores, which the share should be; 0 without verdicts.
    pub mean_score: f64,
}

/// What a threshold for the score would do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The threshold: challenged from this score on. Above 1: nobody.
    pub threshold: f64,
    /// The share of people challenged.
    pub people_challenged: f64,
    /// The share of attacks caught.
    pub caught: f64,
}

/// The bounds of the bins of a reliability table, in 1/10,000.
const BOUNDS: [usize; 13] = [
    0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 9_500, 9_900, STEPS,
];

/// The shares of people challenged at which the curve is given.
pub const SHARES: [f64; 6] = [0.0002, 0.0005, 0.001, 0.0015, 0.002, 0.005];

impl Scores {
    pub(super) fn count(&mut self, attack: bool, score: Score) {
        let of = if attack {
            &mut self.attacks
        } else {
            &mut self.people
        };
        of[usize::from(score.0).min(STEPS - 1)] += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        let add = |mine: &mut Vec<u64>, others: &[u64]| {
            for (mine, other) in mine.iter_mut().zip(others) {
                *mine += other;
            }
        };
        add(&mut self.attacks, &other.attacks);
        add(&mut self.people, &other.people);
    }

    /// Attacks and people with that score or a higher one.
    fn above(&self, from: usize) -> (u64, u64) {
        let sum = |of: &[u64]| of[from..].iter().sum();
        (sum(&self.attacks), sum(&self.people))
    }

    /// The reliability table: of the verdicts at 0.9, are nine in ten attacks?
    #[must_use]
    pub fn reliability(&self) -> Vec<Bin> {
        let bin = |bounds: &[usize]| {
            let (from, to) = (bounds[0], bounds[1]);
            let (mut attacks, mut verdicts, mut sum) = (0, 0, 0.0);
            for score in from..to {
                let both = self.attacks[score] + self.people[score];
                attacks += self.attacks[score];
                verdicts += both;
                sum += as_score(score) * share(both, 1);
            }
            Bin {
                from: as_score(from),
                to: as_score(to.min(STEPS - 1)),
                verdicts,
                attacks,
                share: share(attacks, verdicts),
                mean_score: sum / share(verdicts.max(1), 1),
            }
        };
        BOUNDS.windows(2).map(bin).collect()
    }

    /// The lowest threshold that challenges at most that share of people.
    #[must_use]
    pub fn at(&self, people_challenged: f64) -> Point {
        let (_, people) = self.above(0);
        let (mut threshold, mut hit) = (STEPS, 0);
        while threshold > 0 {
            hit += self.people[threshold - 1];
            if share(hit, people) > people_challenged {
                break;
            }
            threshold -= 1;
        }
        self.point(threshold)
    }

    /// The curve as a line: each threshold at which something changes.
    #[must_use]
    pub fn curve(&self) -> Vec<Point> {
        let changes = |score: &usize| self.attacks[*score] + self.people[*score] > 0;
        (0..STEPS)
            .rev()
            .filter(changes)
            .map(|threshold| self.point(threshold))
            .collect()
    }

    fn point(&self, threshold: usize) -> Point {
        let (all_attacks, all_people) = self.above(0);
        let (attacks, people) = self.above(threshold);
        Point {
            threshold: as_score(threshold),
            people_challenged: share(people, all_people),
            caught: share(attacks, all_attacks),
        }
    }
}

fn as_score(ten_thousandths: usize) -> f64 {
    share(ten_thousandths as u64, 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attacks at 0.2, 0.9, 0.9, 1; people at 0.1 (997 times), 0.9, 0.95, 0.2.
    fn scores() -> Scores {
        let mut scores = Scores::default();
        for score in [2_000, 9_000, 9_000, 10_000] {
            scores.count(true, Score(score));
        }
        for _ in 0..997 {
            scores.count(false, Score(1_000));
        }
        for score in [2_000, 9_000, 9_500] {
            scores.count(false, Score(score));
        }
        scores
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn the_curve_says_what_the_lowest_threshold_at_a_share_of_people_catches() {
        let scores = scores();
        // At 0.1 % of 1,000 people one may be hit: the one at 0.95, so anything above 0.9 is caught.
        let at = scores.at(0.001);
        assert!(near(at.threshold, 0.9001), "{at:?}");
        assert!(near(at.people_challenged, 0.001) && near(at.caught, 0.25));
        // With two, those at 0.9 go too, and the threshold sinks until the next people at 0.2.
        let at = scores.at(0.002);
        assert!(
            near(at.threshold, 0.2001) && near(at.caught, 0.75),
            "{at:?}"
        );
        let at = scores.at(0.0005);
        assert!(
            near(at.threshold, 0.9501) && near(at.caught, 0.25),
            "{at:?}"
        );
        assert_eq!(scores.curve().len(), 5);
        assert!(near(scores.curve()[4].people_challenged, 1.0));
    }

    #[test]
    fn the_reliability_table_holds_the_share_of_attacks_against_the_mean_score() {
        let bins = scores().reliability();
        assert_eq!(bins.len(), 12);
        let nine = bins[9];
        assert_eq!((nine.verdicts, nine.attacks), (3, 2));
        assert!(near(nine.share, 2.0 / 3.0) && near(nine.mean_score, 0.9));
        let last = bins[11];
        assert_eq!((last.verdicts, last.attacks), (1, 1));
        assert!(near(last.to, 1.0) && near(last.mean_score, 1.0));
        assert_eq!(bins.iter().map(|bin| bin.verdicts).sum::<u64>(), 1_004);
    }

    #[test]
    fn without_scores_there_is_nothing_to_say() {
        let scores = Scores::default();
        assert!(scores.curve().is_empty());
        assert!(near(scores.at(0.001).caught, 0.0));
        assert!(scores.reliability().iter().all(|bin| bin.verdicts == 0));
    }
}
