//! Traffic made to be dear: whatever an attacker sends, an attempt costs at most twice what one of
//! people costs, and no more after many than after few.
//!
//! The state is the smallest one, so that a run of seconds fills its tables. What depends on its size,
//! the waiting for memory, no count of instructions shows: that is what `make curve` measures.

use crate::count::{Case, Cost, Meter, count};
use crate::ordinary::{attempts, two_parts};
use crate::traffic::{Mix, mixed};
use credsieve_engine::Frame;
use credsieve_models::{Address, HashSeed, KeyHasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// How many times the cost of ordinary traffic an attempt may have.
const MOST: u64 = 2;
/// What an attempt of the second half may leave on the heap, on average. The state is given its size
/// at the start, and its queues reach theirs in the first half.
const MOST_KEPT_BYTES: u64 = 16;
const WEEK_MS: i64 = 7 * 86_400_000;

pub const CASES: &[Case] = &[
    Case {
        name: PEOPLE,
        run: |meter| two_parts(meter, Mix::Familiar, |_, _| {}),
    },
    Case {
        name: PEOPLE_ONE_A_SECOND,
        run: |meter| two_parts(meter, Mix::Familiar, one_a_second),
    },
    Case {
        name: "an attack, one attempt a second",
        run: |meter| two_parts(meter, Mix::Attack, one_a_second),
    },
    Case {
        name: "an attack",
        run: |meter| two_parts(meter, Mix::Attack, |_, _| {}),
    },
    Case {
        name: "names in a row",
        run: names_in_a_row,
    },
    Case {
        name: "equal prefixes",
        run: equal_prefixes,
    },
    Case {
        name: "one set",
        run: one_set,
    },
    Case {
        name: "one address",
        run: one_address,
    },
    Case {
        name: "one user",
        run: one_user,
    },
    Case {
        name: "campaigns",
        run: campaigns,
    },
    Case {
        name: "one millisecond",
        run: one_millisecond,
    },
    Case {
        name: "a clock that stands still",
        run: a_clock_that_stands_still,
    },
    Case {
        name: "a clock that leaps",
        run: a_clock_that_leaps,
    },
];

const PEOPLE: &str = "people";
const PEOPLE_ONE_A_SECOND: &str = "people, one attempt a second";

fn hasher() -> KeyHasher {
    KeyHasher::new(HashSeed::REPLAY)
}

/// Puts an attempt at another address.
fn from(frame: &mut Frame, ip: impl Into<IpAddr>) {
    frame.ip = ip.into();
    frame.address = Address::new(frame.ip).expect("it can be a source");
}

/// An address that is `n` after 45.0.0.0.
fn v4(n: u64) -> Ipv4Addr {
    Ipv4Addr::from(0x2d00_0000 + u32::try_from(n & 0xff_ffff).expect("24 bits"))
}

/// Every attempt in a tick of its own.
fn one_a_second(n: u64, frame: &mut Frame) {
    frame.time_ms += 1_000 * n.cast_signed();
}

fn names_in_a_row(meter: &mut Meter) {
    let hasher = hasher();
    two_parts(meter, Mix::Attack, |n, frame| {
        from(frame, v4(n));
        let name = |what: &str| format!("{what}{n}");
        frame.user = Some(hasher.user("default", &name("user")));
        frame.device = Some(hasher.device("default", &name("device")));
        frame.password = Some(hasher.password("default", &name("")));
    });
}

fn equal_prefixes(meter: &mut Meter) {
    let hasher = hasher();
    let prefix = "a".repeat(300);
    two_parts(meter, Mix::Attack, |n, frame| {
        let ip = (0x2001_0db8 << 96) | (u128::from(n) << 64);
        from(frame, Ipv6Addr::from(ip));
        let name = format!("{prefix}{n}");
        frame.user = Some(hasher.user("default", &name));
        frame.device = Some(hasher.device("default", &name));
        frame.password = Some(hasher.password("default", &name));
    });
}

/// Small keys: all of the first shard, and there of the first set. Who does not know the seed can
/// find no such names; who does can make the detector forget, but not make it slow.
fn one_set(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        frame.user = Some(n);
        frame.device = Some(n);
        frame.password = Some(n);
    });
}

fn one_address(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        from(frame, v4(1));
        frame.user = Some(mixed(n));
    });
}

fn one_user(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        from(frame, v4(mixed(n)));
        frame.user = Some(7);
    });
}

/// Sixty-four groups at a time, twice as many as there is room for, each of 32 attempts that share
/// all but their users; then other ones.
fn campaigns(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        let group = n / 2_048 * 64 + n % 64;
        let of_group = |what: u64| mixed(group | what << 40);
        from(frame, v4(group * 4_099));
        frame.user = Some(mixed(n));
        frame.tenant = of_group(1);
        frame.device = Some(of_group(2));
        frame.tool = Some(of_group(3));
        frame.password = Some(of_group(4));
        frame.asn = u32::try_from(group + 1).ok();
    });
}

fn one_millisecond(meter: &mut Meter) {
    let mut first = None;
    two_parts(meter, Mix::Attack, |_, frame| {
        frame.time_ms = *first.get_or_insert(frame.time_ms);
    });
}

/// Attempts an hour to twenty weeks older than the watermark, which never moves.
fn a_clock_that_stands_still(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        frame.time_ms -= (n % 20).cast_signed() * WEEK_MS + 3_600_000;
    });
}

/// Every fourth attempt is a week after the one before.
fn a_clock_that_leaps(meter: &mut Meter) {
    two_parts(meter, Mix::Attack, |n, frame| {
        frame.time_ms += (n / 4).cast_signed() * WEEK_MS;
    });
}

fn counted(name: &str) -> Vec<Cost> {
    let case = CASES.iter().find(|case| case.name == name);
    count(case.expect("a case"))
}

/// Holds both halves of a case against people's second one, and the second against the first.
fn costs_what_attempts_cost(name: &str, people: &[Cost]) {
    let (case, each) = (counted(name), attempts());
    let [first, second] = case[..] else {
        panic!("a case has two halves")
    };
    let ordinary = people[1];
    let hold = |what: &str, first: u64, second: u64, ordinary: u64| {
        let an_attempt = |count: u64| (10 * count + each / 2) / each;
        let [first, second, ordinary] = [first, second, ordinary].map(an_attempt);
        println!("{name}: {what} for 10 attempts {first}, then {second}; of people {ordinary}");
        let most = MOST * ordinary;
        assert!(
            first.max(second) <= most && second <= MOST * first,
            "{name}: {what} for 10 attempts {first}, then {second}; of people {ordinary}"
        );
    };
    let of = [first, second, ordinary];
    if let [Some(first), Some(second), Some(ordinary)] = of.map(|cost| cost.instructions) {
        hold("instructions", first, second, ordinary);
    }
    let [first, second, ordinary] = of.map(|cost| cost.allocations);
    hold("allocations", first, second, ordinary);
    let kept = case[1].kept_bytes;
    println!("{name}: {kept} bytes of {each} attempts were not given back");
    assert!(
        kept <= (each * MOST_KEPT_BYTES).cast_signed(),
        "{name}: {kept} bytes of {each} attempts were not given back"
    );
}

fn costs_what_people_cost(name: &str) {
    static COST: LazyLock<Vec<Cost>> = LazyLock::new(|| counted(PEOPLE));
    costs_what_attempts_cost(name, &COST);
}

#[test]
fn an_attack_costs_what_people_cost() {
    costs_what_people_cost("an attack");
}

#[test]
fn an_attack_of_one_attempt_a_second_costs_what_people_at_that_pace_cost() {
    let people = counted(PEOPLE_ONE_A_SECOND);
    costs_what_attempts_cost("an attack, one attempt a second", &people);
}

#[test]
fn addresses_names_and_devices_in_a_row_cost_what_people_cost() {
    costs_what_people_cost("names in a row");
}

#[test]
fn names_and_devices_with_equal_prefixes_cost_what_people_cost() {
    costs_what_people_cost("equal prefixes");
}

#[test]
fn keys_that_all_meet_in_one_set_cost_what_people_cost() {
    costs_what_people_cost("one set");
}

#[test]
fn one_address_with_very_many_users_costs_what_people_cost() {
    costs_what_people_cost("one address");
}

#[test]
fn one_user_from_very_many_addresses_costs_what_people_cost() {
    costs_what_people_cost("one user");
}

#[test]
fn very_many_campaigns_cost_what_people_cost() {
    costs_what_people_cost("campaigns");
}

#[test]
fn attempts_of_one_millisecond_cost_what_people_cost() {
    costs_what_people_cost("one millisecond");
}

#[test]
fn attempts_behind_a_clock_that_stands_still_cost_what_people_cost() {
    costs_what_people_cost("a clock that stands still");
}

#[test]
fn a_clock_that_leaps_by_weeks_costs_what_people_cost() {
    costs_what_people_cost("a clock that leaps");
}
