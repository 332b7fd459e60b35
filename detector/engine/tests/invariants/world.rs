//! A small world to run the engine in: few addresses, users and devices, so that they meet.

use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_models::attempt::{Attempt, Credential, FailureReason, Kind, Outcome};
use credsieve_models::lists::{ListAction, ListDimension, ListEntry, Lists};
use credsieve_models::names::NameSet;
use credsieve_models::{Entity, HashSeed, KeyHasher, Policy};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

pub const START_MS: i64 = 1_767_225_600_000;

/// One line of a small world: few addresses, users and devices, so that they meet.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub gap_ms: i64,
    pub late_ms: i64,
    pub ip: u8,
    pub user: Option<u8>,
    pub device: Option<u8>,
    pub password: Option<u8>,
    pub success: bool,
    pub unknown: bool,
    pub repeat: bool,
}

pub fn event() -> impl Strategy<Value = Event> {
    let gap = prop_oneof![
        6 => 0..3_000i64,
        2 => 0..120_000i64,
        1 => Just(16 * 60_000),
        1 => 0..(40 * 3_600_000i64),
    ];
    let late = prop_oneof![8 => Just(0i64), 1 => 0..60_000i64, 1 => 0..(3 * 86_400_000i64)];
    (
        gap,
        late,
        0..12u8,
        prop::option::weighted(0.9, 0..24u8),
        prop::option::weighted(0.7, 0..10u8),
        prop::option::weighted(0.5, 0..4u8),
        prop::bool::weighted(0.25),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.05),
    )
        .prop_map(
            |(gap_ms, late_ms, ip, user, device, password, success, unknown, repeat)| Event {
                gap_ms,
                late_ms,
                ip,
                user,
                device,
                password,
                success,
                unknown,
                repeat,
            },
        )
}

pub fn hasher() -> KeyHasher {
    KeyHasher::new(HashSeed::REPLAY)
}

pub fn ip(n: u8) -> Ipv4Addr {
    // Four addresses a /24, eight a /20.
    Ipv4Addr::new(203, 0, 100 + n / 4 + (n / 8) * 20, 1 + n % 4)
}

pub fn frame(event: &Event, id: usize, time_ms: i64) -> Frame {
    let text = |prefix: &str, n: u8| format!("{prefix}{n}").into();
    let attempt = Attempt {
        event_id: format!("e{id}").into(),
        time_ms,
        outcome: Some(if event.success {
            Outcome::Success
        } else {
            Outcome::Failure
        }),
        ip: IpAddr::V4(ip(event.ip)),
        kind: Kind::Login,
        credential: Credential::Unknown,
        failure_reason: (!event.success && event.unknown).then_some(FailureReason::UnknownUser),
        username: event.user.map(|n| text("user", n)),
        asn: Some(64_500 + u32::from(event.ip)),
        country: Some([b'A' + event.ip % 3, b'X']),
        device_id: event.device.map(|n| text("device", n)),
        user_agent: Some("agent".into()),
        ja4: None,
        password_fingerprint: event.password.map(|n| text("p", n)),
        breached_password: event.unknown,
        mfa: None,
        tenant: "default".into(),
        app: None,
        endpoint: None,
        session_id: None,
    };
    let names = NameSet::parse("user1\n", &HashSeed::REPLAY);
    Frame::new(&attempt, i64::MAX, &hasher(), &names)
}

/// The log of some events; a repeat carries the id of the event before it.
pub fn log(events: &[Event]) -> Vec<Frame> {
    let mut now = START_MS;
    events
        .iter()
        .enumerate()
        .map(|(n, event)| {
            now += event.gap_ms;
            let id = if event.repeat { n.saturating_sub(1) } else { n };
            frame(event, id, now - event.late_ms)
        })
        .collect()
}

pub fn policy(memory_mib: u32) -> Arc<Policy> {
    let text = format!("[state]\nmemory_mib = {memory_mib}\nrepeats = 20000\n");
    Arc::new(Policy::parse(&text).expect("a small policy"))
}

pub fn engine() -> Engine {
    Engine::new(policy(32), HashSeed::REPLAY)
}

pub fn run(engine: &mut Engine, frames: &[Frame]) -> Vec<Observed> {
    let mut out = Vec::new();
    engine.observe(frames, &mut out);
    out
}

pub fn judged(observed: &[Observed]) -> impl Iterator<Item = (usize, &Judgement)> {
    let of_frames = observed
        .iter()
        .filter(|o| matches!(o, Observed::Judged(_) | Observed::Repeat));
    of_frames.enumerate().filter_map(|(n, o)| match o {
        Observed::Judged(judgement) => Some((n, judgement)),
        _ => None,
    })
}

/// An attack that any engine must see: many users fail from one address.
pub fn stuffing_from(ip: u8, users: u8) -> Vec<Event> {
    (0..users)
        .flat_map(|user| [user, user])
        .map(|user| Event {
            gap_ms: 500,
            late_ms: 0,
            ip,
            user: Some(100 + user),
            device: None,
            password: None,
            success: false,
            unknown: false,
            repeat: false,
        })
        .collect()
}

/// A login by `user` on `device` from `ip`, a minute after the one before.
pub fn success(ip: u8, user: u8, device: u8) -> Event {
    Event {
        gap_ms: 60_000,
        late_ms: 0,
        ip,
        user: Some(user),
        device: Some(device),
        password: None,
        success: true,
        unknown: false,
        repeat: false,
    }
}

pub fn counter(engine: &Engine, frame: &Frame, name: &str, window: &str) -> u64 {
    let view = engine.entity(Entity::Ip(frame.address), engine.watermark_ms());
    let counters = view.expect("a known address").counters;
    let found = counters.iter().find(|c| (c.0, c.1) == (name, window));
    found.expect("a counter of addresses").2
}

/// A list that denies an address from an instant on.
pub fn denying(address: Ipv4Addr, holds_from_ms: i64) -> Arc<Lists> {
    denying_in(ListDimension::Address, &address.to_string(), holds_from_ms)
}

pub fn denying_in(dimension: ListDimension, value: &str, holds_from_ms: i64) -> Arc<Lists> {
    let entry = ListEntry {
        id: "1".into(),
        action: ListAction::Deny,
        dimension,
        value: value.into(),
        endpoint: None,
        tenant: None,
        reason: String::new(),
        author: String::new(),
        created_at_ms: 0,
        changed_by: None,
        changed_at_ms: None,
        holds_from_ms,
        expires_at_ms: None,
    };
    let (lists, _) = Lists::compile(&[entry], &hasher());
    Arc::new(lists)
}
