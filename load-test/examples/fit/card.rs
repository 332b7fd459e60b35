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

    fn fit(group: Group, training: &Rows, held_out: &[&Rows]) -> Self {
        let learned = training.of(group);
        let unseen: Vec<Row> = held_out.iter().flat_map(|rows| rows.of(group)).collect();
        let mut column = Self {
            weights: table::rounded(Fit::of(&learned).centred()),
            forest: Forest::default(),
        };
        let additive = |row: &Row| column.additive(row);
        let (forest, loss) = forest::boost(&learned, &unseen, additive);
        eprintln!(
            "{group:?}: {} rows, {} held out, whose mean log-loss goes from {:.5} to {:.5} with {} trees",
            learned.len(),
            unseen.len(),
            loss.before,
            loss.after,
            forest.trees.len()
        );
        column.forest = forest;
        column
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

    /// Fits all groups, beside each other. The held-out rows say how many trees are enough.
    pub fn fit(training: &Rows, held_out: &[&Rows]) -> Self {
        let columns = thread::scope(|scope| {
            let fits =
                Group::ALL.map(|group| scope.spawn(move || Column::fit(group, training, held_out)));
            fits.map(|fit| fit.join().expect("a fit does not panic"))
        });
        Self {
            columns: columns.into(),
        }
    }

    /// The log-odds that it gives an attempt, in nats.
    pub fn log_odds(&self, row: &Row) -> f64 {
        let column = &self.columns[row.group as usize];
        column.additive(row) + column.forest.nats(row)
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
