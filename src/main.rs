//! credsieve: one binary, its roles.

mod config;
mod replay;
mod roles;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Verdicts are made by one thread and freed by another, many small parts each: with the system's allocator a tenth of
/// the processor time goes there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tells, login by login, a thief with a list of stolen passwords from a person who mistyped one.
#[derive(Parser, Debug)]
#[command(version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand, Debug)]
enum Role {
    /// Everything in one process: the stream, the API, the overview page; `--demo` shows it.
    Standalone(Box<roles::standalone::StandaloneArgs>),
    /// Read logins from Kafka, publish verdicts; a part of a deployment.
    Detector(Box<roles::standalone::DetectorArgs>),
    /// Answer over HTTP from what the detector found hostile; a part of a deployment.
    Api(Box<roles::api::ApiArgs>),
    /// Make, list and revoke API keys.
    Keys(Box<roles::keys::KeysArgs>),
    /// Bring the store's schema and the broker's topics up to date.
    Migrate(Box<roles::migrate::MigrateArgs>),
    /// Judge the events of a file: one verdict line a line, and one more for each revision; no
    /// network, no database.
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
        Role::Standalone(args) => {
            // A demonstration shows its line, not its log.
            let log = if args.demo { "error" } else { "info" };
            roles::serve(&args.common, log, |end| {
                roles::standalone::standalone(args, end)
            })
        }
        Role::Detector(args) => roles::serve(&args.common, "info", |end| {
            roles::standalone::detector(args, end)
        }),
        Role::Api(args) => roles::serve(&args.common, "info", |end| roles::api::run(args, end)),
        Role::Keys(args) => roles::run(roles::keys::run(args)),
        Role::Migrate(args) => roles::run(roles::migrate::run(args)),
        Role::Replay(args) => replay::run(args),
        Role::Evaluate(args) => credsieve_load_test::run_evaluate(args),
        Role::LoadTest(args) => credsieve_load_test::run(args),
        Role::Policy(command) => roles::policy::run(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("credsieve: {}", story(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, each said once: some already repeat theirs.
fn story(error: &anyhow::Error) -> String {
    let mut story = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if story.is_empty() {
            story = cause;
        } else if !story.contains(&cause) {
            story = format!("{story}: {cause}");
        }
    }
    story
}
