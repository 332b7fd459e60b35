//! A town: a service with people whose habits are known, for attackers to come to.

use crate::world::{hasher, policy};
use credsieve_engine::judgement::Words;
use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_models::HashSeed;
use credsieve_models::attempt::{Attempt, Credential, FailureReason, Kind, Outcome};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::Decision;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;

pub const START_MS: i64 = 1_767_225_600_000;
pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// From here on the town's people are known.
pub const KNOWN_FROM_MS: i64 = START_MS + 5 * DAY_MS;
pub const PEOPLE: u32 = 250;

/// One attempt in words.
#[derive(Clone, Debug)]
pub struct Try {
    pub time_ms: i64,
    pub user: String,
    pub ip: Ipv4Addr,
    pub asn: u32,
    pub country: [u8; 2],
    pub device: Option<String>,
    pub agent: String,
    pub password: Option<String>,
    pub kind: Kind,
    /// Nothing is a success.
    pub failed: Option<FailureReason>,
}

impl Try {
    pub fn at(self, time_ms: i64) -> Self {
        Self { time_ms, ..self }
    }
    pub fn failing(self, reason: FailureReason) -> Self {
        Self {
            failed: Some(reason),
            ..self
        }
    }
}

/// Somebody of the town at home, with a device of their own and the right password.
pub fn person(n: u32) -> Try {
    Try {
        time_ms: 0,
        user: format!("person.{n}"),
        // Homes in many networks of ten providers.
        ip: Ipv4Addr::from(0x2000_0000 + n * 1_031),
        asn: 64_500 + n % 10,
        country: *b"NL",
        device: Some(format!("device-{n}")),
        agent: format!("Browser/{}", n % 3),
        password: Some(format!("right-{n}")),
        kind: Kind::Login,
        failed: None,
    }
}

/// A guess at somebody's password, from nowhere in particular.
pub fn guess(n: u32, victim: &str) -> Try {
    Try {
        time_ms: 0,
        user: victim.to_owned(),
        ip: Ipv4Addr::from(0x5000_0000 + n.wrapping_mul(70_001) % 0x0fff_ffff),
        asn: 65_000 + n % 50,
        country: [b'A' + u8::try_from(n % 20).unwrap(), b'X'],
        device: None,
        agent: "Browser/1".into(),
        password: Some(format!("guess-{n}")),
        kind: Kind::Login,
        failed: Some(FailureReason::BadPassword),
    }
}

fn mixed(n: u64) -> u64 {
    let n = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (n ^ (n >> 29)).wrapping_mul(0xd1b5_4a32_d192_ed03) >> 16
}

/// What the people do from one instant to another: four logins a day each, some with a slip before.
pub fn life(from_ms: i64, until_ms: i64) -> Vec<Try> {
    let mut all = Vec::new();
    for n in 0..PEOPLE {
        for turn in 0.. {
            let quarter = (from_ms / DAY_MS) * DAY_MS + turn * (DAY_MS / 4);
            if quarter > until_ms {
                break;
            }
            let dice = mixed(u64::from(n) << 32 | (quarter / 1_000).unsigned_abs());
            let time_ms = quarter + i64::try_from(dice % 15_000).unwrap() * 1_000;
            let is_in = |time_ms: &i64| (from_ms..until_ms).contains(time_ms);
            if !is_in(&time_ms) || !is_in(&(time_ms + 20_000)) {
                continue;
            }
            let mut login = person(n).at(time_ms);
            match dice % 50 {
                0 => login.device = Some(format!("new-{dice}")),
                1 => login.ip = Ipv4Addr::from(0x3000_0000 + n * 7),
                2 => all.push(login.clone().failing(FailureReason::BadPassword)),
                3 => {
                    login.ip = Ipv4Addr::from(0x3000_0000 + n * 7);
                    login.device = None;
                    let mut slip = login.clone().failing(FailureReason::BadPassword);
                    slip.password = Some("slip".into());
                    all.push(slip);
                }
                _ => {}
            }
            all.push(login.at(time_ms + 20_000));
        }
    }
    all
}

/// Frames of attempts in the order of their times; those of one instant as they were given.
pub fn frames(tries: &[Try]) -> (Vec<Try>, Vec<Frame>) {
    let mut tries = tries.to_vec();
    tries.sort_by_key(|t| t.time_ms);
    let frames = tries.iter().enumerate().map(|(n, t)| frame(t, n)).collect();
    (tries, frames)
}

pub fn frame(t: &Try, n: usize) -> Frame {
    let attempt = Attempt {
        event_id: event_id(t, n).into(),
        time_ms: t.time_ms,
        outcome: Some(if t.failed.is_some() {
            Outcome::Failure
        } else {
            Outcome::Success
        }),
        ip: IpAddr::V4(t.ip),
        kind: t.kind,
        credential: Credential::Unknown,
        failure_reason: t.failed,
        username: Some(t.user.as_str().into()),
        asn: Some(t.asn),
        country: Some(t.country),
        device_id: t.device.as_deref().map(Into::into),
        user_agent: Some(t.agent.as_str().into()),
        ja4: None,
        password_fingerprint: t.password.as_deref().map(Into::into),
        breached_password: false,
        mfa: None,
        tenant: "default".into(),
        app: None,
        endpoint: None,
        session_id: None,
    };
    Frame::new(
        &attempt,
        i64::MAX,
        &hasher(),
        &NameSet::parse("", &HashSeed::REPLAY),
    )
}

pub fn event_id(t: &Try, n: usize) -> String {
    format!("{}-{n}", t.time_ms)
}

/// The words of an attempt.
pub fn words(t: &Try, n: usize) -> Words {
    Words {
        tenant: "default".into(),
        event_id: event_id(t, n).into(),
        username: Some(t.user.as_str().into()),
    }
}

/// An engine that has known the town for five days.
pub fn engine() -> Engine {
    static KNOWN: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = KNOWN.get_or_init(|| {
        let mut engine = Engine::new(policy(32), HashSeed::REPLAY);
        engine.observe(&frames(&life(START_MS, KNOWN_FROM_MS)).1, &mut Vec::new());
        let mut bytes = Vec::new();
        engine.snapshot(&mut bytes).expect("memory takes it");
        bytes
    });
    Engine::restore(policy(32), HashSeed::REPLAY, bytes).expect("it is of the same sizes")
}

/// What became of attempts after the town was known.
pub struct Story {
    pub engine: Engine,
    pub tries: Vec<Try>,
    pub observed: Vec<Observed>,
}

impl Story {
    pub fn of(tries: &[Try]) -> Self {
        let (tries, frames) = frames(tries);
        let mut engine = engine();
        let mut observed = Vec::new();
        engine.observe_with_words(&frames, &|n| words(&tries[n], n), &mut observed);
        Self {
            engine,
            tries,
            observed,
        }
    }

    /// Each attempt with its judgement.
    pub fn judged(&self) -> impl Iterator<Item = (&Try, &Judgement)> {
        let judgements = self.observed.iter().filter_map(|o| match o {
            Observed::Judged(judgement) => Some(judgement),
            _ => None,
        });
        self.tries.iter().zip(judgements)
    }

    /// Of the attempts that are meant: how many there are, how many are not allowed, how many are
    /// blocked.
    pub fn stopped(&self, meant: impl Fn(&Try) -> bool) -> (usize, usize, usize) {
        let mut sums = (0, 0, 0);
        for (_, judgement) in self.judged().filter(|(t, _)| meant(t)) {
            sums.0 += 1;
            sums.1 += usize::from(judgement.decision != Decision::Allow);
            sums.2 += usize::from(judgement.decision == Decision::Block);
        }
        sums
    }
}
