//! Fits the card (`detector/engine/src/card`) to labelled traffic: `make fit`.
//!
//! It makes traffic of several mixes with seeds that no report uses, lets the engine judge it, and
//! fits the weights to what the engine knew of each stranger. What the engine learns while it runs
//! depends on its own verdicts, so a fit is repeated, with a build between, until little changes:
//! two or three times after a change of the traits.

mod additive;
mod rows;
mod table;

use additive::Fit;
use clap::Parser;
use credsieve_engine::card::Group;
use rows::{Rows, Source};
use std::path::PathBuf;

#[derive(Parser)]
struct Args {
    /// Where the weights go.
    #[arg(long, default_value = "detector/engine/src/card/table.rs")]
    out: PathBuf,
    /// Only say what the weights that stand would catch.
    #[arg(long)]
    check: bool,
}

/// What is learned from: mix, what differs from it, seeds, and what each attempt counts. Much of a
/// service's life is quiet, and a log of 60 % attack has four times the attempts.
const TRAINING: &[Source] = &[
    Source::new("default", "", &[11, 12], 1.0),
    Source::new("default", "attack_share = 0", &[21], 2.5),
    Source::new("default", "attack_share = 1", &[31], 1.0),
    Source::new("default", "attack_share = 10", &[21], 2.0),
    Source::new("default", "attack_share = 60", &[21], 0.3),
    Source::new("default", "people = 5000", &[31], 1.0),
    Source::new("small", "", &[1, 2, 3, 4], 1.0),
    Source::new("no_devices", "", &[21], 1.0),
    Source::new("no_fingerprints", "", &[21], 1.0),
    Source::new("bare", "", &[21], 1.0),
];

/// What the fit is held against.
const HELD_OUT: Source = Source::new("default", "", &[13], 1.0);

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let held_out = Rows::collect(&[HELD_OUT])?;
    if args.check {
        held_out.print("the weights that stand", &rows::standing());
        return Ok(());
    }
    let training = Rows::collect(TRAINING)?;
    let weights: Vec<Vec<Vec<f64>>> = Group::ALL
        .iter()
        .map(|group| Fit::of(&training.of(*group)).centred())
        .collect();
    held_out.print("before", &rows::standing());
    held_out.print("after", &weights);
    std::fs::write(&args.out, table::write(&weights))?;
    println!("written to {}; now build again", args.out.display());
    Ok(())
}
