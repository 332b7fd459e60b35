//! Traffic to measure on: the same at every run, and simple enough to know what it costs. How well
//! it is judged is measured on other traffic, by `make evaluate`.

use credsieve_engine::Frame;
use credsieve_models::names::NameSet;
use credsieve_models::{Attempt, HashSeed, KeyHasher, Policy};
use std::sync::Arc;

/// A Monday.
const START_MS: i64 = 1_767_571_200_000;
/// The records' clock: later than all of them.
const CLOCK_MS: i64 = START_MS + 3_650 * 86_400_000;
/// Attempts of a second of event time.
const A_SECOND: u64 = 2_000;

/// What the traffic is made of.
#[derive(Clone, Copy)]
pub enum Mix {
    /// People at home: they mistype one password in twenty.
    Familiar,
    /// Three in ten attempts are an attack.
    Mixed,
    /// Nothing but an attack: two tries from each of many addresses.
    Attack,
}

impl Mix {
    fn attacks_in_ten(self) -> u64 {
        match self {
            Self::Familiar => 0,
            Self::Mixed => 3,
            Self::Attack => 10,
        }
    }
}

/// A number that looks like chance.
pub fn mixed(n: u64) -> u64 {
    let x = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 29)).wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^ (x >> 32)
}

/// The n-th record of `people` people, as JSON.
pub fn record(mix: Mix, n: u64, people: u64) -> String {
    let time_ms = START_MS + n.cast_signed() * 1_000 / A_SECOND.cast_signed();
    let chance = mixed(n);
    if chance % 10 < mix.attacks_in_ten() {
        let (bot, victim) = (mixed(n / 2) % 50_000, chance % people);
        return format!(
            r#"{{"event_id":"evt-{n:016x}","time":{time_ms},"outcome":"failure","ip":"45.{}.{}.{}","kind":"login","failure_reason":"{}","username":"user{victim}@mail{}.example","asn":{},"country":"NL","device_id":"d-{:016x}","user_agent":"python-requests/2.31.0","ja4":"t13d1516h2_8daaf6152771_e5627efa2ab1","password_fingerprint":"{:032x}","tenant":"default"}}"#,
            bot >> 16,
            (bot >> 8) & 255,
            bot & 255,
            if chance >> 60 < 9 {
                "unknown_user"
            } else {
                "bad_password"
            },
            victim % 7,
            64_500 + bot % 40,
            mixed(bot),
            u128::from(mixed(n ^ 7)),
        );
    }
    let person = mixed(n ^ 0x5ca1_ab1e) % people;
    let home = mixed(person);
    let outcome = if chance >> 40 & 0xff < 13 {
        r#""failure","failure_reason":"bad_password""#
    } else {
        r#""success""#
    };
    format!(
        r#"{{"event_id":"evt-{n:016x}","time":{time_ms},"outcome":{outcome},"ip":"{}.{}.{}.{}","kind":"login","username":"user{person}@mail{}.example","asn":{},"country":"DE","device_id":"d-{home:016x}","user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36","ja4":"t13d1516h2_8daaf6152771_{:012x}","password_fingerprint":"{:032x}","tenant":"default"}}"#,
        80 + home % 100,
        home >> 8 & 255,
        home >> 16 & 255,
        1 + (home >> 24) % 250,
        person % 7,
        64_000 + home % 200,
        110 + home % 12,
        home % 30,
        u128::from(home) | u128::from(chance >> 40 & 0xff < 13) << 100,
    )
}

/// The attempt of a record.
pub fn attempt(record: &str) -> Attempt<'_> {
    Attempt::parse(record.as_bytes(), CLOCK_MS).expect("a record of ours")
}

/// What an engine is made with.
pub struct House {
    /// The policy, with so much memory.
    pub policy: Arc<Policy>,
    /// The hash.
    pub hasher: KeyHasher,
    /// No names are listed.
    pub names: NameSet,
}

impl House {
    /// The compiled-in policy with so much memory.
    pub fn new(memory_mib: u32) -> Self {
        let mut policy = Policy::default();
        policy.state.memory_mib = memory_mib;
        Self {
            policy: Arc::new(policy),
            hasher: KeyHasher::new(HashSeed::REPLAY),
            names: NameSet::parse("", &HashSeed::REPLAY),
        }
    }

    /// The frame of an attempt.
    pub fn frame(&self, attempt: &Attempt<'_>) -> Frame {
        Frame::new(attempt, CLOCK_MS, &self.hasher, &self.names)
    }

    /// Frames of the records from `from` on.
    pub fn frames(&self, mix: Mix, records: std::ops::Range<u64>, people: u64) -> Vec<Frame> {
        records
            .map(|n| self.frame(&attempt(&record(mix, n, people))))
            .collect()
    }
}
