//! Engines with ordinary traffic behind them, and attempts fed to them as the detector does it.

use crate::count::Meter;
use crate::traffic::{House, Mix};
use credsieve_engine::{Engine, Frame, Observed};
use credsieve_models::{HashSeed, Policy};
use std::sync::Arc;

/// People of the traffic; [`house`] has room for a third of them.
const PEOPLE: u64 = 20_000;
/// Attempts handed over at once, as `replay` and the detector do.
const BATCH: usize = 512;

/// So many attempts has each part of a case; a part more comes before, uncounted.
pub fn attempts() -> u64 {
    let given = std::env::var("CREDSIEVE_COST_ATTEMPTS").ok();
    given.map_or(2_048, |text| text.parse().expect("a number of attempts"))
}

/// The smallest state that has 64 shards, so that a short run fills it.
fn house() -> House {
    let policy = Policy::parse("[state]\nmemory_mib = 5\nrepeats = 20000\n");
    House {
        policy: Arc::new(policy.expect("a small policy")),
        ..House::new(5)
    }
}

/// An engine that has seen some of its people.
fn engine(house: &House) -> Engine {
    let mut engine = Engine::new(house.policy.clone(), HashSeed::REPLAY);
    let frames = house.frames(Mix::Mixed, 0..attempts(), PEOPLE);
    observe(&mut engine, &frames);
    engine
}

/// Hands attempts over, and drops what is said of them.
pub fn observe(engine: &mut Engine, frames: &[Frame]) {
    let mut out: Vec<Observed> = Vec::with_capacity(2 * BATCH);
    for batch in frames.chunks(BATCH) {
        out.clear();
        engine.observe(batch, &mut out);
    }
}

/// Two parts of a case: attempts made by `frame` from those of a mix, after the engine's first ones.
pub fn two_parts(meter: &mut Meter, mix: Mix, mut frame: impl FnMut(u64, &mut Frame)) {
    let house = house();
    let mut engine = engine(&house);
    let each = attempts();
    for part in 1..=2 {
        let numbers = part * each..(part + 1) * each;
        let mut frames = house.frames(mix, numbers.clone(), PEOPLE);
        for (n, made) in numbers.zip(&mut frames) {
            frame(n, made);
        }
        meter.part(|| observe(&mut engine, &frames));
    }
}
