//! A card as the tool has it: weights of steps, and the trees beside them.

use crate::additive::Fit;
use crate::forest::{self, Forest};
use crate::rows::{Row, Rows};
use crate::table;
use anyhow::Result;
use credsieve_engine::card::{self, Group, Trait};
use credsieve_models::verdict::LogOdds;
use std::thread;

/// Where the engine has its trees, which it shows nobody.
const TREES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../detector/engine/src/card/trees.rs"
);

/// Generators are held out in so many parts, each in turn.
const PARTS: usize = 5;

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
        self.additive(row) + self.forest.nats(row)
    }
}

/// A column fitted to the traffic of some generators, and held against that of the others.
struct Trial {
    column: Column,
    losses: Vec<f64>,
}

impl Trial {
    fn of(rows: &[Row], part: usize) -> Self {
        let (unseen, learned): (Vec<Row>, Vec<Row>) =
            rows.iter().partition(|row| row.generator % PARTS == part);
        let column = Column::fit(&learned, forest::MOST_TREES);
        let mut losses = forest::losses(&unseen, &column.forest, |row| column.additive(row));
        if learned.is_empty() {
            losses.fill(0.0); // It says nothing.
        }
        Self { column, losses }
    }
}

/// A column fitted to all generators, and the log-odds that attempts have where theirs is not learned from.
struct Fitted {
    column: Column,
    unseen: Vec<f64>,
}

impl Fitted {
    /// As many trees are enough as help with traffic of generators that were not learned from: those that only
    /// help with more of the same learn a generator by heart. Of numbers that are as good to a hundredth the
    /// most: what they add helps with the generators that are known.
    fn of(group: Group, rows: &[Row]) -> Self {
        let mut trials: Vec<Trial> = (0..PARTS).map(|part| Trial::of(rows, part)).collect();
        let loss = |trees: usize| trials.iter().map(|trial| trial.losses[trees]).sum::<f64>();
        let losses: Vec<f64> = (0..=forest::MOST_TREES).map(loss).collect();
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        let is_enough = |loss: &f64| least > 0.0 && *loss <= least * 1.01;
        let enough = losses.iter().rposition(is_enough).unwrap_or(0);
        let all: f64 = rows.iter().map(|row| row.counts).sum();
        eprintln!(
            "{group:?}: {} rows; mean log-loss with generators not learned from {:.5}, with {enough} trees {:.5}, with all {:.5}",
            rows.len(),
            loss(0) / all,
            loss(enough) / all,
            loss(forest::MOST_TREES) / all,
        );
        for trial in &mut trials {
            trial.column.forest.trees.truncate(enough);
        }
        let unseen = rows
            .iter()
            .map(|row| trials[row.generator % PARTS].column.log_odds(row));
        Self {
            unseen: unseen.collect(),
            column: Column::fit(rows, enough),
        }
    }
}

impl Card {
    /// The card that the engine has now.
    pub fn standing() -> Result<Self> {
        // A card without trees has no such file.
        let trees = std::fs::read_to_string(TREES).unwrap_or_default();
        let mut forests = table::read_trees(&trees)?;
        forests.resize_with(Group::COUNT, Forest::default);
        let columns = Group::ALL
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
        let of_group = Group::ALL.map(|group| training.of(group));
        let fitted = thread::scope(|scope| {
            let fits = Group::ALL.map(|group| {
                let rows = &of_group[group as usize];
                scope.spawn(move || Fitted::of(group, rows))
            });
            fits.map(|fit| fit.join().expect("a fit does not panic"))
        });
        let mut next = [0; Group::COUNT];
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

fn standing_weights(group: Group) -> Vec<Vec<f64>> {
    let weights = |of: &Trait| {
        (0..=of.steps().len())
            .map(|step| u8::try_from(step).unwrap_or(u8::MAX))
            .map(|step| LogOdds(card::weight(group, *of, step)).nats())
            .collect()
    };
    Trait::ALL.iter().map(weights).collect()
}
