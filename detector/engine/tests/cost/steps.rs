//! What each step of an attempt's way costs, held against what it cost before.
//!
//! The steps and their traffic are those of the benchmark `stages`, in instructions instead of
//! nanoseconds, so that a machine with neighbours counts the same. The build is that of the tests,
//! with engine, models and JSON parser optimised: beside a release build it has the checks of overflow
//! and of invariants, and no slower way of doing things can hide behind these.

use crate::count::{Case, Meter, count};
use crate::ordinary::observe;
use crate::traffic::{House, Mix, attempt, record};
use credsieve_engine::{Engine, Observed};
use credsieve_models::HashSeed;
use credsieve_models::verdict::{Mode, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::{Path, PathBuf};

/// How much dearer a step may become, in percent.
const RISE: u64 = 20;
/// Set, it writes the file anew instead of comparing with it.
const WRITE: &str = "CREDSIEVE_WRITE_STEPS";
/// Attempts that are counted, after as many that are not.
const ATTEMPTS: u64 = 3_000;
/// So many know the engine, and there is room for them.
const PEOPLE: u64 = 1_000;
const MEMORY_MIB: u32 = 32;

/// The steps, in the order in which [`CASES`] counts them.
const STEPS: [&str; 7] = [
    "decode",
    "frame",
    "engine, familiar",
    "engine, mixed",
    "engine, attack",
    "engine, mixed, one a second",
    "encode",
];

pub const CASES: &[Case] = &[Case {
    name: "steps",
    run: |meter| {
        read(meter);
        judge(meter, Mix::Familiar, 0);
        judge(meter, Mix::Mixed, 0);
        judge(meter, Mix::Attack, 0);
        judge(meter, Mix::Mixed, 1_000);
        encode(meter);
    },
}];

/// From bytes to attempts, and from these to frames.
fn read(meter: &mut Meter) {
    let house = House::new(MEMORY_MIB);
    let records: Vec<String> = (0..ATTEMPTS)
        .map(|n| record(Mix::Mixed, n, PEOPLE))
        .collect();
    let attempts: Vec<_> = records.iter().map(|record| attempt(record)).collect();
    meter.part(|| {
        for record in &records {
            black_box(attempt(record));
        }
    });
    meter.part(|| {
        for attempt in &attempts {
            black_box(house.frame(attempt));
        }
    });
}

/// An engine that knows its people.
fn engine(house: &House) -> Engine {
    let mut engine = Engine::new(house.policy.clone(), HashSeed::REPLAY);
    observe(
        &mut engine,
        &house.frames(Mix::Familiar, 0..ATTEMPTS, PEOPLE),
    );
    engine
}

/// From frames to judgements, in so many milliseconds an attempt more than the mix takes.
fn judge(meter: &mut Meter, mix: Mix, slower_ms: i64) {
    let house = House::new(MEMORY_MIB);
    let mut engine = engine(&house);
    let mut frames = house.frames(mix, ATTEMPTS..2 * ATTEMPTS, PEOPLE);
    for (n, frame) in (0..).zip(&mut frames) {
        frame.time_ms += n * slower_ms;
    }
    meter.part(|| observe(&mut engine, &frames));
}

/// From judgements to lines.
fn encode(meter: &mut Meter) {
    let house = House::new(MEMORY_MIB);
    let policy = house.policy.hash();
    let mut observed = Vec::new();
    let frames = house.frames(Mix::Mixed, ATTEMPTS..2 * ATTEMPTS, PEOPLE);
    engine(&house).observe(&frames, &mut observed);
    let judged = observed.into_iter().filter_map(|said| match said {
        Observed::Judged(judgement) => Some(judgement),
        _ => None,
    });
    let verdicts: Vec<Verdict> = (ATTEMPTS..)
        .zip(judged)
        .map(|(n, judgement)| {
            let record = record(Mix::Mixed, n, PEOPLE);
            judgement.into_verdict(&attempt(&record), 0, &policy, Mode::Enforce)
        })
        .collect();
    let mut line = Vec::new();
    meter.part(|| {
        for verdict in &verdicts {
            line.clear();
            verdict.write_json(&mut line);
        }
    });
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cost/steps.toml")
}

#[test]
fn no_step_of_an_attempt_costs_a_fifth_more_than_it_did() {
    let costs = count(&CASES[0]);
    let instructions: Option<Vec<u64>> = costs.iter().map(|cost| cost.instructions).collect();
    let Some(instructions) = instructions else {
        return;
    };
    assert_eq!(instructions.len(), STEPS.len(), "a count for each step");
    let now = STEPS
        .into_iter()
        .zip(instructions.iter().map(|n| n / ATTEMPTS));
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file(), written(now)).expect("the folder is ours");
        return;
    }
    let text = std::fs::read_to_string(file()).expect("`make steps` writes it");
    let before: BTreeMap<String, u64> = toml::from_str(&text).expect("numbers by step");
    let mut dearer = String::new();
    for (step, now) in now {
        let before = before[step];
        println!("{step}: {now} instructions an attempt, {before} before");
        if now * 100 > before * (100 + RISE) {
            write!(dearer, "{step}: {now} after {before}; ").expect("a String takes it");
        }
    }
    assert!(
        dearer.is_empty(),
        "instructions an attempt: {dearer}where that is meant, `make steps` writes the file anew"
    );
}

fn written<'a>(steps: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut text = "# Instructions an attempt of each step, counted by valgrind in the tests' build. A change that adds more
# than a fifth to a step fails the tests; `make steps` writes this file anew.
"
    .to_owned();
    for (step, count) in steps {
        writeln!(text, "{step:?} = {count}").expect("a String takes it");
    }
    text
}
