//! Local.
use clap::Parser;
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: credsieve_load_test::LoadTestArgs,
}
fn main() -> anyhow::Result<()> {
    credsieve_load_test::run(&Line::parse().args)
}
