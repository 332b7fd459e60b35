//! Fits the card (`detector/engine/src/card`) to labelled traffic: `make fit`.
//!
//! It makes traffic of several mixes with seeds that no report uses, lets the engine judge it, and
//! fits weights to what the engine knew of each stranger: first a sum of steps, then small trees to
//! what the sum leaves over. What the engine learns while it runs depends on its own verdicts, so a
//! fit is repeated, with a build between, until little changes: two or three times after a change of
//! the traits.

mod additive;
mod card;
mod forest;
mod grow;
mod rows;
mod sources;
mod table;
mod temper;

use anyhow::bail;
use card::Card;
use clap::Parser;
use rows::{LEARNED, Rows};
use sources::Source;
use std::path::{Path, PathBuf};

#[derive(Parser)]
struct Args {
    /// Where the weights go.
    #[arg(long, default_value = "detector/engine/src/card/table.rs")]
    out: PathBuf,
    /// Where the trees go.
    #[arg(long, default_value = "detector/engine/src/card/trees.rs")]
    trees: PathBuf,
    /// Learn from logs of another generator too: `PATH.ndjson`, with the labels in `PATH.csv`, several with
    /// commas between (may be repeated, once a generator).
    #[arg(long, value_name = "PATH,PATH")]
    logs: Vec<String>,
    /// Hold the fit against such a log too.
    #[arg(long, value_name = "PATH")]
    held_out_log: Vec<PathBuf>,
    /// Only say what the weights that stand would catch.
    #[arg(long)]
    check: bool,
}

/// What is learned from: mix, what differs from it, seeds, and what each attempt counts. Much of a
/// service's life is quiet, and a log of 60 % attack has four times the attempts.
const TRAINING: &[Source] = &[
    Source::made("default", "", &[11, 12], 1.0),
    Source::made("default", "attack_share = 0", &[21], 2.5),
    Source::made("default", "attack_share = 1", &[31], 1.0),
    Source::made("default", "attack_share = 10", &[21], 2.0),
    Source::made("default", "attack_share = 60", &[21], 0.3),
    Source::made("default", "people = 5000", &[31], 1.0),
    Source::made("small", "", &[1, 2, 3, 4], 1.0),
    Source::made("no_devices", "", &[21], 1.0),
    Source::made("no_fingerprints", "", &[21], 1.0),
    Source::made("bare", "", &[21], 1.0),
];

/// What the fit is held against.
const HELD_OUT: Source = Source::made("default", "", &[13], 1.0);

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut held_out = vec![(String::new(), Rows::collect([HELD_OUT], usize::MAX)?)];
    for path in &args.held_out_log {
        let rows = Rows::collect([Source::kept(path, 0)], usize::MAX)?;
        held_out.push((format!(", {}", path.display()), rows));
    }
    let print = |name: &str, card: &Card| {
        for (log, rows) in &held_out {
            rows.print(&format!("{name}{log}"), |_, row| card.log_odds(row));
        }
    };
    let standing = Card::standing()?;
    if args.check {
        print("the card that stands", &standing);
        return Ok(());
    }
    if args.logs.is_empty() {
        bail!("name logs of other generators with --logs: they say how many trees are enough");
    }
    // What may be wrong with files is said before the minutes that ours take.
    let logs = args.logs.iter().zip(1..).flat_map(|(paths, generator)| {
        paths
            .split(',')
            .map(move |path| Source::kept(Path::new(path), generator))
    });
    let mut training = Rows::collect(logs.chain(TRAINING.iter().copied()), LEARNED)?;
    training.balance();
    let card = Card::fit(&training);
    print("before", &standing);
    print("after", &card);
    std::fs::write(&args.out, table::write(&card))?;
    std::fs::write(&args.trees, table::write_trees(&card))?;
    println!(
        "written to {} and {}; now build again",
        args.out.display(),
        args.trees.display()
    );
    Ok(())
}
