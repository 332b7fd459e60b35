//! How long a start takes with much remembered: a state file is written, and read back into an engine.
//! `make readback` runs it. The argument is how many entities
//! its people have: of 12 million, whose networks are shared, 10 million are live.

#[expect(
    dead_code,
    reason = "the town of the engine's curve; here its people only come home"
)]
#[path = "../engine/benches/curve/town.rs"]
mod town;
#[expect(
    dead_code,
    reason = "the traffic of the engine's stages; a record of it is enough here"
)]
#[path = "../engine/benches/stages/traffic.rs"]
mod traffic;

use credsieve_detector::snapshot::Snapshot;
use credsieve_engine::{Engine, Frame};
use credsieve_models::{HashSeed, Policy};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use town::Town;

/// Attempts handed over at once, as the detector does.
const BATCH: u64 = 512;
/// Times that it is read back.
const RUNS: usize = 3;

fn main() {
    // Cargo says `--bench` to every benchmark.
    let size = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let size = size.map_or(12_000_000, |size| {
        size.parse().expect("a number of entities")
    });
    let mut town = Town::of_entities(size);
    let mut policy = Policy::default();
    policy.state.memory_mib = town.memory_mib();
    let policy = Arc::new(policy);
    let folder = std::env::temp_dir().join(format!("credsieve-readback-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the state");
    let path = folder.join("state");
    {
        let engine = filled(&mut town, &policy);
        let stats = engine.stats();
        println!(
            "{} live entities in a budget of {} MiB, {} MiB resident",
            stats.live_entities,
            policy.state.memory_mib,
            resident_mib()
        );
        let start = Instant::now();
        Snapshot::of(&engine, "logins", BTreeMap::from([(0, 1)]))
            .and_then(|snapshot| snapshot.write(&path))
            .expect("the state can be written");
        let bytes = fs::metadata(&path).expect("it was written").len();
        println!(
            "written in {:.2} s: {} MiB",
            seconds(start.elapsed()),
            bytes >> 20
        );
    }
    for _ in 0..RUNS {
        forget(&path);
        let start = Instant::now();
        let snapshot = Snapshot::read(&path)
            .expect("it can be read")
            .expect("it is there");
        let read = start.elapsed();
        let engine = snapshot
            .restore(Arc::clone(&policy), HashSeed::REPLAY)
            .expect("it is ours");
        println!(
            "read back in {:.2} s ({:.2} s of it until the file is read): {} live entities, {} MiB resident",
            seconds(start.elapsed()),
            seconds(read),
            engine.stats().live_entities,
            resident_mib()
        );
    }
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// An engine that knows the whole town.
fn filled(town: &mut Town, policy: &Arc<Policy>) -> Engine {
    let mut engine = Engine::new(Arc::clone(policy), HashSeed::REPLAY);
    let mut out = Vec::new();
    let people = town.people;
    for from in (0..people).step_by(usize::try_from(BATCH).expect("small")) {
        let until = (from + BATCH).min(people);
        let frames: Vec<Frame> = (from..until).map(|person| town.arrives(person)).collect();
        out.clear();
        engine.observe(&frames, &mut out);
    }
    engine
}

/// What the system holds of the file goes first: a start comes after a stop.
fn forget(path: &Path) {
    let file = File::open(path).expect("it is there");
    file.sync_all().expect("it is on the disk");
    // Only a wish, and only here.
    std::process::Command::new("dd")
        .arg(format!("of={}", path.display()))
        .args([
            "oflag=nocache",
            "conv=notrunc,fdatasync",
            "count=0",
            "status=none",
        ])
        .status()
        .ok();
}

fn resident_mib() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    (pages.unwrap_or(0_u64) * 4_096) >> 20
}
