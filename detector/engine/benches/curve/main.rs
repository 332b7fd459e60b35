//! What an attempt costs while more and more is remembered, and whether a flood of strangers stays
//! within the budget. `make curve` runs it and draws `docs/cost-curve.svg`.
//!
//! Nanoseconds are of processor time, beside them the lowest by the clock: the former may read too low
//! where a host takes time from its guests, the latter too high beside other work.
//!
//! Arguments: the sizes in live entities (default `10000 100000 1000000 10000000`), `--flood N` for
//! so many attempts of strangers (default 10 million, 0 for none), `--svg FILE` for the drawing.

mod plot;
mod town;
#[expect(
    dead_code,
    reason = "the traffic of the other benchmark; a record of it is enough here"
)]
#[path = "../stages/traffic.rs"]
mod traffic;

use credsieve_engine::{Engine, Frame, Observed};
use credsieve_models::{HashSeed, Policy};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use town::{MIXES, Mix, Town};

/// Attempts handed over at once, as `replay` and the detector do.
const BATCH: usize = 512;
/// Attempts of a round, and rounds of a mix; the middle one counts.
const ROUND: u64 = 40 * BATCH as u64;
const ROUNDS: u64 = 15;
/// The budget of the flood: the policy's default.
const FLOODED_MIB: u32 = 256;
/// What the process may have beside its state.
const BESIDE_BYTES: u64 = 64 << 20;

/// What a mix cost at a size.
pub struct Point {
    /// Who came.
    pub mix: Mix,
    /// Live entities at its end.
    pub live: u64,
    /// Nanoseconds of processor time an attempt: the lowest, the middle and the highest round.
    pub ns: [u64; 3],
}

struct Args {
    sizes: Vec<u64>,
    flood: u64,
    svg: Option<PathBuf>,
}

impl Args {
    fn read() -> Self {
        let mut args = Self {
            sizes: Vec::new(),
            flood: 10_000_000,
            svg: None,
        };
        let mut given = std::env::args().skip(1);
        while let Some(word) = given.next() {
            match word.as_str() {
                // Cargo says it to every benchmark.
                "--bench" => {}
                "--flood" => args.flood = number(&given.next().unwrap_or_default()),
                "--svg" => args.svg = given.next().map(PathBuf::from),
                size => args.sizes.push(number(size)),
            }
        }
        if args.sizes.is_empty() {
            args.sizes = vec![10_000, 100_000, 1_000_000, 10_000_000];
        }
        args
    }
}

fn number(text: &str) -> u64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn main() {
    let args = Args::read();
    let mut points = Vec::new();
    println!(
        "{:>10} {:>11} {:>12} {:>8} {:>9} {:<34} {:>7} {:>7} {:>7} {:>7}",
        "live",
        "budget MiB",
        "resident MiB",
        "B/entity",
        "evicted",
        "ns an attempt",
        "low",
        "middle",
        "high",
        "clock"
    );
    for size in args.sizes {
        points.extend(measure(size));
    }
    if let Some(file) = args.svg {
        std::fs::write(file, plot::svg(&points)).expect("the drawing can be written");
    }
    if args.flood > 0 {
        flood(args.flood);
    }
}

fn engine(memory_mib: u32) -> Engine {
    let mut policy = Policy::default();
    policy.state.memory_mib = memory_mib;
    Engine::new(Arc::new(policy), HashSeed::REPLAY)
}

/// Fills an engine with so many live entities, then measures each mix on it.
fn measure(size: u64) -> Vec<Point> {
    let mut town = Town::of_entities(size);
    let memory_mib = town.memory_mib();
    let mut engine = engine(memory_mib);
    let mut out = Vec::with_capacity(2 * BATCH);
    let mut people = 0;
    while people < town.people {
        let until = (people + BATCH as u64).min(town.people);
        let frames: Vec<Frame> = (people..until).map(|person| town.arrives(person)).collect();
        observe(&mut engine, &frames, &mut out);
        people = until;
    }
    let measured = MIXES.map(|mix| {
        let mut by_the_clock = u128::MAX;
        let mut ns: Vec<u64> = (0..ROUNDS)
            .map(|_| {
                let frames: Vec<Frame> = (0..ROUND).map(|_| town.next(mix)).collect();
                let (began, start) = (Instant::now(), processor_ns());
                observe(&mut engine, &frames, &mut out);
                let ran = processor_ns() - start;
                by_the_clock = by_the_clock.min(began.elapsed().as_nanos() / u128::from(ROUND));
                ran / ROUND
            })
            .collect();
        ns.sort_unstable();
        let stats = engine.stats();
        let point = Point {
            mix,
            live: stats.live_entities,
            ns: [ns[0], ns[ns.len() / 2], ns[ns.len() - 1]],
        };
        let resident = resident_bytes();
        let [low, middle, high] = point.ns;
        println!(
            "{:>10} {memory_mib:>11} {:>12} {:>8} {:>9} {:<34} {low:>7} {middle:>7} {high:>7} {by_the_clock:>7}",
            point.live,
            resident >> 20,
            resident / point.live.max(1),
            stats.evicted,
            mix.name(),
        );
        point
    });
    measured.into()
}

fn observe(engine: &mut Engine, frames: &[Frame], out: &mut Vec<Observed>) {
    for batch in frames.chunks(BATCH) {
        out.clear();
        engine.observe(batch, out);
    }
}

/// Strangers who each come once, from an address and with a name and a device of their own.
///
/// # Panics
/// When the state, or the whole process, outgrows what it may have.
fn flood(attempts: u64) {
    let mut town = Town::of_entities(0);
    let before = resident_bytes();
    let mut engine = engine(FLOODED_MIB);
    let budget = u64::from(FLOODED_MIB) << 20;
    let mut out = Vec::with_capacity(2 * BATCH);
    let mut most = 0;
    let start = processor_ns();
    for from in (0..attempts).step_by(BATCH) {
        let until = (from + BATCH as u64).min(attempts);
        let frames: Vec<Frame> = (from..until).map(|n| town.stranger(n)).collect();
        observe(&mut engine, &frames, &mut out);
        if (from / BATCH as u64).is_multiple_of(256) || until == attempts {
            let state = engine.stats().state_bytes;
            assert!(
                state <= budget,
                "{state} bytes of state after {until} attempts"
            );
            most = most.max(resident_bytes());
            assert!(
                most <= before + budget + BESIDE_BYTES,
                "{most} bytes are resident after {until} attempts"
            );
        }
    }
    let stats = engine.stats();
    println!(
        "flood of {attempts} one-off strangers: {} of {FLOODED_MIB} MiB of state, {} MiB resident at most \
         ({} before), {} live, {} evicted, {} late writes dropped, {} ns an attempt with making it",
        stats.state_bytes >> 20,
        most >> 20,
        before >> 20,
        stats.live_entities,
        stats.evicted,
        stats.deltas_dropped,
        (processor_ns() - start) / attempts,
    );
}

/// Processor time of this thread, from Linux's `/proc` (up to a tick of 4 ms old), so that neighbours
/// count as little as may be; elsewhere what the clock says.
fn processor_ns() -> u64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split(' ').next()?.parse().ok());
    ran.unwrap_or_else(|| u64::try_from(BEGIN.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

/// Memory of this process, from Linux's `/proc`; 0 elsewhere.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
