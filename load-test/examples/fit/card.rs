//! A card as the tool has it: weights of steps, and the trees beside them.

use crate::additive::Fit;
use crate::forest::{self, Forest};
use crate::rows::{Row, Rows};
use crate::table;
use crate::temper::Temper;
use anyhow::Result;
use credsieve_engine::card::{self, CardGroup, Trait};
use credsieve_models::verdict::LogOdds;
use std::thread;

/// Where the engine has its trees, which it shows nobody.
const TREES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../detector/engine/src/card/trees.rs"
);

/// Generators are held out in so many parts, each in turn.
const PARTS: usize = 5;
/// Numbers of trees that are tried are so far apart.
const TREES_APART: usize = 5;

/// The columns of all groups.
pub struct Card {
    pub columns: Vec<Column>,
}

/// What is weighed in a group.
pub struct Column {
    /// By trait and step, in nats, each a multiple of 1/256.
    pub weights: Vec<Vec<f64>>,
    pub forest: Forest,
}

impl Column {
    /// Log-odds in nats of the steps alone.
    fn additive(&self, row: &Row) -> f64 {
        let weights = Trait::ALL.iter().zip(&self.weights);
        row.without + weights.map(|(of, steps)| steps[row.step(*of)]).sum::<f64>()
    }

    /// The sum of steps, and so many trees.
    fn fit(learned: &[Row], trees: usize) -> Self {
        let mut column = Self {
            weights: table::rounded(Fit::of(learned).centred()),
            forest: Forest::default(),
        };
        column.forest = forest::boost(learned, trees, |row| column.additive(row));
        column
    }

    fn log_odds(&self, row: &Row) -> f64 {
        self.additive(row) + self.forest.nats_of(usize::MAX, row)
    }

    /// The same, as far as it is to be believed. The level of a lane goes with its excess.
    fn tempered(mut self, temper: Temper) -> Self {
        for weight in self.weights.iter_mut().flatten() {
            *weight *= temper.times;
        }
        for weight in &mut self.weights[Trait::Excess as usize] {
            *weight += temper.level;
        }
        self.weights = table::rounded(self.weights);
        self.forest.scale(temper.times);
        self
    }
}

/// A column fitted to all generators, and the log-odds that attempts have where theirs is not learned from.
struct Fitted {
    column: Column,
    unseen: Vec<f64>,
}

/// So many trees, and how they do with generators that were not learned from.
struct Trial {
    trees: usize,
    temper: Temper,
    unseen: Vec<f64>,
    loss: f64,
}

impl Trial {
    /// Columns that were fitted without a part of the generators each, with so many trees.
    fn of(rows: &[Row], without: &[Column], trees: usize) -> Self {
        let said = |row: &Row| {
            let column = &without[row.generator % PARTS];
            column.additive(row) - row.without + column.forest.nats_of(trees, row)
        };
        let said: Vec<f64> = rows.iter().map(said).collect();
        let temper = Temper::of(rows, &said);
        let unseen: Vec<f64> = rows
            .iter()
            .zip(said)
            .map(|(row, said)| temper.log_odds(row, said))
            .collect();
        Self {
            trees,
            temper,
            loss: forest::loss(rows, &unseen),
            unseen,
        }
    }
}

impl Fitted {
    /// As many trees are enough as help with traffic of generators that were not learned from: those that only
    /// help with more of the same learn a generator by heart. Of numbers that are as good to a hundredth the
    /// most: what they add helps with the generators that are known.
    fn of(group: CardGroup, rows: &[Row]) -> Self {
        let without = |part: usize| {
            let learned: Vec<Row> = rows
                .iter()
                .copied()
                .filter(|row| row.generator % PARTS != part)
                .collect();
            Column::fit(&learned, forest::MOST_TREES)
        };
        let without: Vec<Column> = (0..PARTS).map(without).collect();
        let trials = (0..=forest::MOST_TREES).step_by(TREES_APART);
        let mut trials: Vec<Trial> = trials
            .map(|trees| Trial::of(rows, &without, trees))
            .collect();
        let least = trials
            .iter()
            .map(|trial| trial.loss)
            .fold(f64::INFINITY, f64::min);
        let enough = trials
            .iter()
            .rposition(|trial| least > 0.0 && trial.loss <= least * 1.01)
            .unwrap_or(0);
        let all: f64 = rows.iter().map(|row| row.counts).sum();
        let (first, last) = (trials[0].loss / all, trials[trials.len() - 1].loss / all);
        let Trial {
            trees,
            temper,
            unseen,
            loss,
        } = trials.swap_remove(enough);
        eprintln!(
            "{group:?}: {} rows; mean log-loss with generators not learned from {first:.5}, with {trees} trees {:.5}, with all {last:.5}; \
             believed {:.2} times, moved by {:.2} nats",
            rows.len(),
            loss / all,
            temper.times,
            temper.level,
        );
        Self {
            column: Column::fit(rows, trees).tempered(temper),
            unseen,
        }
    }
}

impl Card {
    /// The card that the engine has now.
    pub fn standing() -> Result<Self> {
        // A card without trees has no such file.
        let trees = std::fs::read_to_string(TREES).unwrap_or_default();
        let mut forests = table::read_trees(&trees)?;
        forests.resize_with(CardGroup::COUNT, Forest::default);
        let columns = CardGroup::ALL
            .iter()
            .zip(forests)
            .map(|(group, forest)| Column {
                weights: standing_weights(*group),
                forest,
            });
        Ok(Self {
            columns: columns.collect(),
        })
    }

    /// Fits all groups, beside each other; says what the same would catch of generators not learned from.
    pub fn fit(training: &Rows) -> Self {
        let of_group = CardGroup::ALL.map(|group| training.of(group));
        let fitted = thread::scope(|scope| {
            let fits = CardGroup::ALL.map(|group| {
                let rows = &of_group[group as usize];
                scope.spawn(move || Fitted::of(group, rows))
            });
            fits.map(|fit| fit.join().expect("a fit does not panic"))
        });
        let mut next = [0; CardGroup::COUNT];
        let places: Vec<usize> = training
            .all
            .iter()
            .map(|row| {
                let place = next[row.group as usize];
                next[row.group as usize] += 1;
                place
            })
            .collect();
        training.print("not learned from", |at, row| {
            fitted[row.group as usize].unseen[places[at]]
        });
        Self {
            columns: fitted.into_iter().map(|fitted| fitted.column).collect(),
        }
    }

    /// The log-odds that it gives an attempt, in nats.
    pub fn log_odds(&self, row: &Row) -> f64 {
        self.columns[row.group as usize].log_odds(row)
    }
}

fn standing_weights(group: CardGroup) -> Vec<Vec<f64>> {
    let weights = |of: &Trait| {
        (0..=of.steps().len())
            .map(|step| u8::try_from(step).unwrap_or(u8::MAX))
            .map(|step| LogOdds(card::weight(group, *of, step)).nats())
            .collect()
    };
    Trait::ALL.iter().map(weights).collect()
}
