//! `credsieve policy check|diff|show`.

use crate::config::{load_names, load_policy};
use anyhow::Result;
use credsieve_models::{HashSeed, Policy};
use std::path::PathBuf;

/// What to do with policies.
#[derive(clap::Subcommand, Debug)]
pub enum PolicyCommand {
    /// Check a policy file; what is wrong is named with its line.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Show what differs between two policies, or between the defaults and one.
    Diff {
        /// The first file; the defaults where only one is given.
        first: PathBuf,
        /// The second file.
        second: Option<PathBuf>,
    },
    /// Print the commented defaults.
    Show,
}

/// What names the files here.
const HERE: &str = "the command line";

/// Runs the command.
///
/// # Errors
/// When a file, or the names that it asks for, cannot be read or is no policy.
pub fn run(command: &PolicyCommand) -> Result<()> {
    let said = match command {
        PolicyCommand::Check { file } => {
            let policy = load_policy(Some(file), HERE)?;
            // A service would not start without the file that the policy names. No name is looked up here:
            // any seed will do.
            load_names(&policy, Some(file), &HashSeed::from_bytes([0; 16]))?;
            format!("{}: good, {}\n", file.display(), policy.hash())
        }
        PolicyCommand::Diff { first, second } => {
            let (ours, theirs) = match second {
                Some(second) => (
                    load_policy(Some(first), HERE)?,
                    load_policy(Some(second), HERE)?,
                ),
                None => (Policy::default(), load_policy(Some(first), HERE)?),
            };
            let lines = ours.diff(&theirs);
            lines.into_iter().map(|line| line + "\n").collect()
        }
        PolicyCommand::Show => credsieve_models::policy::DEFAULT_TOML.to_owned(),
    };
    credsieve_load_test::say(&said)?;
    Ok(())
}
