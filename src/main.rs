//! credsieve: one binary, its roles.

mod config;
mod replay;
mod roles;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tells, login by login, a thief with a list of stolen passwords from a person who mistyped one.
#[derive(Parser, Debug)]
#[command(version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand, Debug)]
enum Role {
    /// Judge the events of a file: one verdict line a line, no network, no database.
    Replay(replay::ReplayArgs),
    /// Hold verdicts against labels: what was caught, who was disturbed.
    Evaluate(credsieve_load_test::EvaluateArgs),
    /// Make labelled traffic; drive Kafka, HTTP or a file with it; measure.
    LoadTest(Box<credsieve_load_test::LoadTestArgs>),
    /// Check, compare or show policies.
    #[command(subcommand)]
    Policy(roles::policy::PolicyCommand),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.role {
        Role::Replay(args) => replay::run(args),
        Role::Evaluate(args) => credsieve_load_test::run_evaluate(args),
        Role::LoadTest(args) => credsieve_load_test::run(args),
        Role::Policy(command) => roles::policy::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("credsieve: {error:#}");
            ExitCode::FAILURE
        }
    }
}
