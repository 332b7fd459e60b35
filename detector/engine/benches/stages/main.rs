//! What each step of an attempt's way costs: bytes to attempt, attempt to frame, frame to judgement,
//! judgement to bytes. `make bench` runs it and prints one table.

mod traffic;

use credsieve_engine::{Engine, Frame, Observed};
use credsieve_models::HashSeed;
use credsieve_models::verdict::{Mode, Verdict};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use traffic::{House, Mix, attempt, record};

/// Attempts that are measured together, as `replay` and the detector hand them over.
const BATCH: usize = 512;
const PEOPLE: u64 = 100_000;
/// What an engine has seen before it is measured: each of its people about eight times.
const KNOWN: u64 = 8 * PEOPLE;
const MEMORY_MIB: u32 = 256;

fn decode(criterion: &mut Criterion) {
    let house = House::new(MEMORY_MIB);
    let records: Vec<String> = (0..BATCH as u64)
        .map(|n| record(Mix::Mixed, n, PEOPLE))
        .collect();
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            for record in &records {
                black_box(attempt(record));
            }
        });
    });
    let attempts: Vec<_> = records.iter().map(|r| attempt(r)).collect();
    group.bench_function("frame", |bencher| {
        bencher.iter(|| {
            for attempt in &attempts {
                black_box(house.frame(attempt));
            }
        });
    });
}

/// An engine that knows its people, and what comes next, without end: the same frames again at later
/// times and with other event ids.
struct Stream {
    engine: Engine,
    frames: Vec<Frame>,
    at: usize,
    span_ms: i64,
}

impl Stream {
    fn new(mix: Mix) -> Self {
        let house = House::new(MEMORY_MIB);
        let mut engine = Engine::new(house.policy.clone(), HashSeed::REPLAY);
        let mut out = Vec::new();
        for from in (0..KNOWN).step_by(4_096) {
            out.clear();
            let until = (from + 4_096).min(KNOWN);
            engine.observe(&house.frames(Mix::Familiar, from..until, PEOPLE), &mut out);
        }
        let frames = house.frames(mix, KNOWN..KNOWN + 200 * BATCH as u64, PEOPLE);
        let span_ms = frames[frames.len() - 1].time_ms - frames[0].time_ms + 1_000;
        Self {
            engine,
            frames,
            at: 0,
            span_ms,
        }
    }

    /// The next batch.
    fn next(&mut self) -> Vec<Frame> {
        let batch = &mut self.frames[self.at..self.at + BATCH];
        let taken = batch.to_vec();
        for frame in batch {
            frame.time_ms += self.span_ms;
            frame.event = frame.event.wrapping_add(1);
        }
        self.at = (self.at + BATCH) % self.frames.len();
        taken
    }
}

fn observe(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(BATCH as u64));
    for (name, mix) in [
        ("engine, familiar", Mix::Familiar),
        ("engine, mixed", Mix::Mixed),
        ("engine, attack", Mix::Attack),
    ] {
        let stream = std::cell::RefCell::new(Stream::new(mix));
        let mut out: Vec<Observed> = Vec::with_capacity(2 * BATCH);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || stream.borrow_mut().next(),
                |frames| {
                    out.clear();
                    stream.borrow_mut().engine.observe(&frames, &mut out);
                },
                BatchSize::PerIteration,
            );
        });
    }
}

fn encode(criterion: &mut Criterion) {
    let mut stream = Stream::new(Mix::Mixed);
    let frames = stream.next();
    let mut out = Vec::new();
    stream.engine.observe(&frames, &mut out);
    let policy = House::new(MEMORY_MIB).policy.hash();
    let verdicts: Vec<Verdict> = out
        .into_iter()
        .filter_map(|said| match said {
            Observed::Judged(judgement) => Some(judgement),
            _ => None,
        })
        .enumerate()
        .map(|(n, judgement)| {
            let record = record(Mix::Mixed, KNOWN + n as u64, PEOPLE);
            judgement.into_verdict(&attempt(&record), 0, &policy, Mode::Enforce)
        })
        .collect();
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Elements(verdicts.len() as u64));
    let mut text = Vec::new();
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            text.clear();
            for verdict in &verdicts {
                black_box(verdict).write_json(&mut text);
            }
            text.len()
        });
    });
}

criterion_group!(stages, decode, observe, encode);
criterion_main!(stages);
