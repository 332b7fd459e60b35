//! The forest: small trees, each fitted to what the sum of steps and the trees before it leave over.
//!
//! A sum cannot say that two traits mean something only together. A tree can; many small ones with a
//! low rate learn what holds in general before they learn single logs by heart, and stop before that.

use crate::grow::{Sum, grow};
use crate::rows::Row;
use credsieve_engine::card::Trait;

/// The most trees of a group.
pub const MOST_TREES: usize = 60;

/// The trees of a group: what they say is added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forest {
    pub trees: Vec<Tree>,
}

/// The first node is the root; children come after their parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

/// A question, or a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub ask: Option<Ask>,
    /// What is usual of those who come here, in 1/256 nat.
    pub value: i16,
}

/// Whether a trait is at most at a step, and where it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The trait, by its place on the card.
    pub of: u8,
    pub most: u8,
    pub low: u8,
    pub high: u8,
}

impl Forest {
    /// What the first so many trees say of an attempt, in nats.
    pub fn nats_of(&self, trees: usize, row: &Row) -> f64 {
        let trees = self.trees.iter().take(trees);
        trees.map(|tree| tree.nats(&row.steps)).sum()
    }

    /// Takes what each node says so many times.
    pub fn scale(&mut self, times: f64) {
        for node in self.trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
            #[expect(clippy::cast_possible_truncation, reason = "no more than it was")]
            let value = (f64::from(node.value) * times).round_ties_even() as i16;
            node.value = value;
        }
    }
}

impl Tree {
    fn nats(&self, steps: &[u8; Trait::COUNT]) -> f64 {
        let mut node = &self.nodes[0];
        while let Some(ask) = node.ask {
            let low = steps[usize::from(ask.of)] <= ask.most;
            node = &self.nodes[usize::from(if low { ask.low } else { ask.high })];
        }
        f64::from(node.value) / 256.0
    }
}

/// Fits so many trees to what log-odds leave over.
pub fn boost(learned: &[Row], trees: usize, log_odds: impl Fn(&Row) -> f64) -> Forest {
    let mut now: Vec<f64> = learned.iter().map(log_odds).collect();
    let grown = (0..trees).map(|_| {
        let tree = grow(learned, &pulls(learned, &now));
        add(&tree, learned, &mut now);
        tree
    });
    Forest {
        trees: grown.collect(),
    }
}

/// How much each row pulls at its log-odds, and how sure that is.
fn pulls(rows: &[Row], log_odds: &[f64]) -> Vec<Sum> {
    let of_row = |(row, log_odds): (&Row, &f64)| {
        let expected = 1.0 / (1.0 + (-log_odds).exp());
        Sum {
            pull: row.pull(expected),
            sure: row.counts * expected * (1.0 - expected),
            rows: 1,
        }
    };
    rows.iter().zip(log_odds).map(of_row).collect()
}

fn add(tree: &Tree, rows: &[Row], log_odds: &mut [f64]) {
    for (row, log_odds) in rows.iter().zip(log_odds) {
        *log_odds += tree.nats(&row.steps);
    }
}

/// The log-loss, each row as it counts.
pub fn loss(rows: &[Row], log_odds: &[f64]) -> f64 {
    let lost = rows.iter().zip(log_odds).map(|(row, log_odds)| {
        let wrong = if row.attack { -log_odds } else { *log_odds };
        row.counts * (wrong.max(0.0) + (-wrong.abs()).exp().ln_1p())
    });
    lost.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::additive::Fit;
    use crate::grow::{LEAVES, slope};
    use credsieve_engine::card::{CardGroup, Slope};

    /// Rows by chance: their steps, and how often in a hundred times such an attempt is an attack.
    fn rows(seed: u64, count: usize, likely: impl Fn(&Row) -> u64) -> Vec<Row> {
        let mut state = seed;
        let mut chance = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut row = || {
            let step = |of: &Trait| u8::try_from(chance(of.steps().len() as u64 + 1)).unwrap();
            let mut row = Row {
                group: CardGroup::Success,
                steps: Trait::ALL
                    .iter()
                    .map(step)
                    .collect::<Vec<_>>()
                    .try_into()
                    .unwrap(),
                without: -1.0,
                attack: false,
                counts: 1.0,
                stands_for: 1.0,
                generator: 0,
            };
            row.attack = chance(100) < likely(&row);
            row
        };
        (0..count).map(|_| row()).collect()
    }

    fn forest(seed: u64, likely: impl Fn(&Row) -> u64) -> Forest {
        boost(&rows(seed, 6_000, &likely), 20, |row| row.without)
    }

    /// An attack where one of two traits is high and the other is not: each alone says nothing.
    fn one_of_two(row: &Row) -> u64 {
        let high = [Trait::Warmth, Trait::Password].map(|of| row.step(of) > 7);
        if high[0] == high[1] { 5 } else { 90 }
    }

    #[test]
    fn trees_find_what_a_sum_cannot_say() {
        let (learned, held_out) = (rows(1, 6_000, one_of_two), rows(2, 3_000, one_of_two));
        let weights = Fit::of(&learned).centred();
        let sum = |row: &Row| {
            let weights = Trait::ALL.iter().zip(&weights);
            row.without + weights.map(|(of, steps)| steps[row.step(*of)]).sum::<f64>()
        };
        let forest = boost(&learned, MOST_TREES, sum);
        let [before, after] = [0, MOST_TREES].map(|trees| {
            let log_odds = held_out
                .iter()
                .map(|row| sum(row) + forest.nats_of(trees, row));
            loss(&held_out, &log_odds.collect::<Vec<_>>()) / 3_000.0
        });
        assert!(before > 0.65, "a sum has found it: {before}");
        assert!(after < 0.35, "trees have not: {after}");
    }

    /// How often a step more of a trait moves a row against the trait's slope.
    fn against_slope(forest: &Forest, of: Trait, rows: &[Row]) -> usize {
        let nats = |mut row: Row, step: usize| {
            row.steps[of as usize] = u8::try_from(step).unwrap();
            forest.nats_of(MOST_TREES, &row)
        };
        let is_against = |row: &Row, step: usize| {
            let (before, now) = (nats(*row, step - 1), nats(*row, step));
            match of.slope() {
                Slope::Rising => now < before,
                Slope::Falling => now > before,
                Slope::None => false,
            }
        };
        rows.iter()
            .map(|row| {
                (1..=of.steps().len())
                    .filter(|step| is_against(row, *step))
                    .count()
            })
            .sum()
    }

    #[test]
    fn a_trait_with_a_slope_never_runs_against_it_and_bursts_are_free() {
        // For half of all a trait goes against its slope.
        let likely = |of: Trait| {
            move |row: &Row| {
                let high = [row.step(Trait::Warmth) > 7, row.step(of) > 3];
                if high[0] == high[1] { 80 } else { 10 }
            }
        };
        let unseen = rows(5, 500, |_| 0);
        for (of, is_bound) in [
            (Trait::Network, true),
            (Trait::Belong, true),
            (Trait::UsersNow, false),
        ] {
            let forest = forest(3, likely(of));
            assert!(!forest.trees.is_empty());
            let against = against_slope(&forest, of, &unseen);
            assert_eq!(against == 0, is_bound, "{of:?} {against}");
        }
    }

    #[test]
    fn no_question_below_another_runs_against_a_slope() {
        // What is learned by heart asks for everything, in deep trees.
        let learned = rows(7, 6_000, |_| 50);
        let forest = boost(&learned, 20, |row| row.without);
        let nodes = || forest.trees.iter().flat_map(|tree| &tree.nodes);
        for of in Trait::ALL.iter().filter(|of| slope(**of) != Slope::None) {
            let asks = |node: &Node| node.ask.is_some_and(|ask| ask.of == *of as u8);
            assert!(
                nodes().any(asks) || of.steps().len() < 3,
                "{of:?} is not asked for"
            );
            let against = against_slope(&forest, *of, &learned[..300]);
            assert_eq!(against, 0, "{of:?}");
        }
    }

    #[test]
    fn the_same_rows_give_the_same_trees() {
        let trees = forest(11, one_of_two);
        assert_eq!(trees, forest(11, one_of_two));
        assert_ne!(trees, forest(13, one_of_two));
    }

    #[test]
    fn a_tree_is_small_and_children_come_after_their_parent() {
        for tree in &forest(11, one_of_two).trees {
            let leaves = tree.nodes.iter().filter(|node| node.ask.is_none()).count();
            assert!(leaves <= LEAVES && tree.nodes.len() == 2 * leaves - 1);
            for (at, node) in tree.nodes.iter().enumerate() {
                let after = |next: u8| usize::from(next) > at;
                assert!(node.ask.is_none_or(|ask| after(ask.low) && after(ask.high)));
            }
        }
    }

    #[test]
    fn trees_that_learn_by_heart_lose_with_rows_that_are_otherwise() {
        let learned = rows(1, 6_000, one_of_two);
        let otherwise = rows(2, 3_000, |row| 95 - one_of_two(row));
        let forest = boost(&learned, 10, |_| -0.1);
        let losses = |rows: &[Row]| {
            let of = |trees| {
                let log_odds = rows.iter().map(|row| forest.nats_of(trees, row) - 0.1);
                loss(rows, &log_odds.collect::<Vec<_>>())
            };
            (0..=10).map(of).collect::<Vec<_>>()
        };
        assert!(losses(&learned).is_sorted_by(|a, b| a > b));
        // Of rows that are the other way round none is told better by any number of trees.
        let otherwise = losses(&otherwise);
        assert!(otherwise[1..].iter().all(|loss| *loss > otherwise[0]));
        assert!(otherwise[10] > otherwise[5], "{otherwise:?}");
    }

    #[test]
    fn what_trees_say_is_scaled() {
        let mut half = forest(11, one_of_two);
        let whole = half.clone();
        half.scale(0.5);
        for row in rows(2, 100, one_of_two) {
            let [whole, half] = [&whole, &half].map(|forest| forest.nats_of(MOST_TREES, &row));
            assert!((whole / 2.0 - half).abs() < 0.05, "{whole} {half}");
        }
    }
}
