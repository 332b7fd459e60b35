use super::learn::{may_show, shows_at_the_user};
use super::record::UserRecord;
use super::watch::Watched;
use super::watch_tests::watched;
use super::{Arrival, InForce, UserShard};
use crate::delta::Seen;
use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::now::Now;
use crate::pattern::PlaceState;
use crate::place::PlaceFacts;
use crate::service::Service;
use crate::service::bulk::NamesThere;
use crate::service::campaigns::Member;
use crate::service::limits::tests::seen;
use crate::source::SourceFacts;
use crate::state::budget::Budget;
use crate::state::pairs::FirstSight;
use credsieve_models::attempt::{FailureReason, Kind, Outcome};
use credsieve_models::verdict::{Attack, Decision, LogOdds};
use credsieve_models::{Address, HashSeed, KeyHasher, Lane, Policy};
use std::net::{IpAddr, Ipv4Addr};

const NEW: FirstSight = FirstSight {
    in_pane: true,
    in_window: true,
};
const AGAIN: FirstSight = FirstSight {
    in_pane: true,
    in_window: false,
};

pub(super) fn at(seconds: i64) -> Now {
    Now::new(seconds * 1_000, seconds * 1_000)
}

pub(super) fn spread(value: u64) -> u64 {
    value.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// From a network, with a device; ASN and country go with the network.
pub(super) fn from(network: u8, host: u8, device: u64) -> Frame {
    let ip = IpAddr::V4(Ipv4Addr::new(20, network, 1, host));
    let mut frame = Frame::about(Address::new(ip).unwrap());
    frame.device = Some(spread(device));
    frame.asn = Some(100 + u32::from(network));
    frame.country = Some([b'A' + network % 26, b'X']);
    frame.tool = Some(spread(device + 1_000));
    frame.agent = Some(spread(device + 2_000));
    frame.password = Some(spread(device + 3_000));
    frame
}

fn record() -> UserRecord {
    UserRecord::fresh(at(1_000))
}

#[test]
fn the_nearest_known_thing_about_a_place_is_told() {
    let mut record = record();
    record.learn(&from(1, 1, 1), at(1_000));
    let place = |frame: &Frame| record.facts(frame, at(2_000)).place;
    assert_eq!(place(&from(1, 1, 1)), PlaceState::Address);
    assert_eq!(place(&from(1, 2, 1)), PlaceState::Network);
    let mut elsewhere = from(2, 1, 1);
    elsewhere.asn = Some(101);
    assert_eq!(place(&elsewhere), PlaceState::Asn);
    elsewhere.asn = Some(999);
    elsewhere.country = Some([b'B', b'X']);
    assert_eq!(place(&elsewhere), PlaceState::Country);
    assert_eq!(place(&from(3, 1, 1)), PlaceState::New);
}

#[test]
fn four_devices_are_kept_and_the_least_recent_goes() {
    let mut record = record();
    for device in [1, 2, 3, 4, 1, 5] {
        record.learn(&from(1, 1, device), at(1_000));
    }
    let known = |device| record.facts(&from(1, 1, device), at(2_000)).known_device;
    assert_eq!([1, 2, 3, 4, 5].map(known), [true, false, true, true, true]);
    assert_eq!(record.logins(), 6);
}

#[test]
fn what_a_thief_taught_is_forgotten_and_nothing_else() {
    let mut record = record();
    record.learn(&from(1, 1, 1), at(1_000));
    let kept = record;
    let thief = from(5, 1, 9);
    let before = record.facts(&thief, at(2_000));
    record.learn(&thief, at(2_000));
    assert!(record.facts(&thief, at(2_100)).known_device);
    record.forget(&thief, &before);
    let after = record.facts(&thief, at(2_100));
    assert!(!after.known_device && !after.knows_tool && !after.knows_agent && !after.good_password);
    assert_eq!(after.place, PlaceState::New, "nor its provider and country");
    let owner = from(1, 1, 1);
    let [is, was] = [record, kept].map(|r| r.facts(&owner, at(2_100)));
    assert_eq!(
        (is.known_device, is.place, is.logins),
        (true, was.place, was.logins)
    );
    assert!(is.knows_tool && is.good_password);
}

#[test]
fn what_the_owner_had_before_a_thief_came_with_it_stays() {
    let mut record = record();
    let owner = from(1, 1, 1);
    record.learn(&owner, at(1_000));
    // From the owner's network and with the owner's password, on another device.
    let mut thief = from(1, 2, 9);
    thief.password = owner.password;
    let before = record.facts(&thief, at(2_000));
    record.learn(&thief, at(2_000));
    record.forget(&thief, &before);
    let facts = record.facts(&owner, at(2_100));
    assert!(facts.known_device && facts.good_password);
    assert_eq!(facts.place, PlaceState::Address);
    let at_large = record.facts(&from(1, 77, 1), at(2_100));
    assert_eq!(at_large.place, PlaceState::Network);
}

#[test]
fn the_owner_is_seen_on_a_device_known_before_only() {
    let mut record = record();
    let thief = from(9, 1, 2);
    record.learn(&from(1, 1, 1), at(6_000));
    let seen = |record: &UserRecord, at_s| record.owner_seen_since(at_s, &thief);
    assert!(!seen(&record, 3_000), "the first login proves nothing");
    record.learn(&thief, at(6_000));
    assert!(!seen(&record, 3_000), "nor does one on a new device");
    record.learn(&thief, at(6_000));
    assert!(!seen(&record, 3_000), "nor does the thief who comes again");
    record.learn(&from(1, 1, 1), at(6_060));
    assert!(seen(&record, 3_000));
    assert!(!seen(&record, 6_060));
}

/// The owner's own device with its program, twice; what comes next has its token.
fn copied_from() -> UserRecord {
    let mut record = record();
    record.learn(&from(1, 1, 1), at(1_000));
    record.learn(&from(1, 1, 1), at(90_000));
    record
}

fn copy(network: u8) -> Frame {
    Frame {
        agent: Some(spread(77)),
        ..from(network, 1, 1)
    }
}

#[test]
fn a_device_in_another_program_and_place_is_a_copy_and_at_home_it_is_the_owners() {
    let record = copied_from();
    let facts = |frame: &Frame| {
        let facts = record.facts(frame, at(100_000));
        (facts.known_device, facts.copied_device)
    };
    assert_eq!(facts(&copy(5)), (false, true));
    assert_eq!(facts(&copy(1)), (true, false));
    assert_eq!(facts(&from(5, 1, 1)), (true, false), "the owner travels");
}

#[test]
fn what_a_copy_taught_is_forgotten_and_the_owners_device_is_not() {
    let mut record = copied_from();
    let thief = copy(5);
    let before = record.facts(&thief, at(100_000));
    record.learn(&thief, at(100_000));
    assert!(
        !record.owner_seen_since(95_000, &from(9, 1, 2)),
        "that was no owner"
    );
    record.forget(&thief, &before);
    let facts = |frame: &Frame| record.facts(frame, at(100_100));
    assert!(facts(&from(1, 1, 1)).known_device);
    assert!(facts(&copy(6)).copied_device);
}

#[test]
fn failing_addresses_are_counted_once_over_the_panes_and_pass() {
    let mut record = record();
    let pane = |n: i64| at(n * 900 + 10);
    for (n, sight) in [(10, NEW), (10, NEW), (11, AGAIN), (11, NEW)] {
        record.add_failure(&from(1, 1, 1), n, sight, false);
    }
    let failing = |n| record.facts(&from(1, 1, 1), pane(n)).failing_addresses;
    assert_eq!(failing(11), 3);
    assert_eq!(failing(12), 3);
    assert_eq!(failing(13), 2, "the older pane is over");
    assert_eq!(failing(14), 0);
}

#[test]
fn who_failed_here_and_was_flagged_is_known_for_a_while() {
    let mut record = record();
    record.add_failure(&from(1, 1, 1), 10, NEW, true);
    let now = at(10 * 900 + 60);
    let here = record.facts(&from(1, 2, 1), now);
    assert!(here.failed_here && here.flagged_here.is_some());
    assert!(
        !record.facts(&from(2, 1, 1), now).failed_here,
        "from another network"
    );
    assert!(
        !record.facts(&from(1, 1, 1), at(14 * 900)).failed_here,
        "later"
    );
}

#[test]
fn a_name_that_nobody_has_shows_no_person_by_a_success_under_it_and_its_silence_says_nothing() {
    for (reason, shows) in [
        (FailureReason::BadPassword, true),
        (FailureReason::UnknownUser, false),
    ] {
        let mut frame = from(1, 1, 1);
        frame.user = Some(7);
        frame.outcome = Some(Outcome::Failure);
        frame.failure_reason = Some(reason);
        assert_eq!(shows_at_the_user(&frame), shows);
        assert_eq!(may_show(&frame, &PlaceFacts::default()), shows);
    }
}

#[test]
fn what_was_flagged_is_told_once_to_a_success_from_there_and_a_token_apart() {
    let mut record = record();
    let now = at(10 * 900 + 60);
    let token = Frame {
        kind: Kind::Token,
        ..from(1, 1, 1)
    };
    let facts = |record: &UserRecord| record.facts(&from(1, 2, 1), now);
    record.add_failure(&token, 10, NEW, true);
    assert_eq!(facts(&record).flagged_here, Some(Lane::TokenFailure));
    record.learn(&from(2, 1, 1), now);
    let still = facts(&record).flagged_here;
    assert_eq!(still, Some(Lane::TokenFailure), "from another network");
    record.learn(&from(1, 1, 1), now);
    assert_eq!(facts(&record).flagged_here, None);
    assert_eq!(facts(&record).failing_addresses, 1, "the count stays");
    record.add_failure(&from(1, 1, 1), 10, NEW, true);
    assert_eq!(facts(&record).flagged_here, Some(Lane::LoginBadPassword));
}

#[test]
fn a_name_that_never_succeeded_remembers_who_tried_it_until_it_succeeds() {
    let mut record = record();
    for network in [1, 2, 2, 3] {
        record.add_failure(&from(network, 1, 1), 10, NEW, false);
    }
    let tried = |record: &UserRecord| record.facts(&from(9, 1, 1), at(9_100)).tried_from;
    assert_eq!(tried(&record), 3);
    for network in 0..40 {
        record.add_failure(&from(network, 1, 1), 10, NEW, false);
    }
    assert_eq!(tried(&record), 8, "as many as fit");
    record.learn(&from(60, 1, 1), at(9_100));
    assert_eq!(tried(&record), 0);
    assert_eq!(
        record.facts(&from(39, 1, 1), at(9_100)).place,
        PlaceState::New,
        "who tried is not at home"
    );
}

#[test]
fn a_suspect_success_makes_the_next_one_from_elsewhere_suspect() {
    let mut record = record();
    record.suspect(&from(1, 1, 1), at(5_000));
    assert_eq!(record.facts(&from(2, 1, 1), at(5_060)).since_suspect_s, 60);
    assert_eq!(
        record.facts(&from(1, 1, 1), at(5_060)).since_suspect_s,
        u32::MAX,
        "not itself"
    );
}

#[test]
fn a_sign_up_waits_for_its_login_and_logins_never_overflow_into_it() {
    let mut record = record();
    record.sign_up(at(2_000));
    let facts = record.facts(&from(1, 1, 1), at(2_100));
    assert_eq!((facts.signed_s, facts.logins), (Some(2_000), 0));
    assert_eq!(record.take_sign_up(), Some(2_000));
    assert_eq!(record.take_sign_up(), None);
    for _ in 0..70_000 {
        record.learn(&from(1, 1, 1), at(3_000));
    }
    assert!((0xff0..=0xfff).contains(&record.logins()));
    assert_eq!(record.facts(&from(1, 1, 1), at(3_000)).signed_s, None);
}

#[test]
fn an_account_is_doubted_for_some_days_and_less_where_it_was_asked() {
    let nat = LogOdds::NAT;
    let doubt = |record: &UserRecord| record.facts(&from(1, 1, 1), at(5_000)).doubt.0;
    for (log_odds, asked, said) in [
        (2 * nat, false, 0),
        (3 * nat, false, 3 * nat),
        (4 * nat, true, 0),
        (5 * nat, true, 11 * nat / 4),
        (100 * nat, true, 5 * nat),
        (-100 * nat, false, 0),
    ] {
        let mut record = record();
        record.doubt(log_odds, asked);
        record.sign_up(at(1_000));
        assert_eq!(doubt(&record), said, "{log_odds} {asked}");
        assert_eq!((record.logins(), record.take_sign_up()), (0, Some(1_000)));
    }
    let mut record = record();
    record.sign_up(at(1_000));
    record.doubt(9 * nat, false);
    assert_eq!(doubt(&record), 0, "another sign-up only speaks for it");
    let mut record = UserRecord::fresh(at(1_000));
    record.doubt(9 * nat, false);
    record.sign_up(at(1_000));
    let (mut before, mut at_s) = (doubt(&record), 1_000);
    for _ in 0..7 {
        at_s += 12 * 3_600 - 1;
        record.doubt_less(at(at_s));
        assert_eq!(doubt(&record), before, "a second too early");
        at_s += 1;
        record.touch(at(at_s));
        assert_eq!(doubt(&record), before, "others may try as they like");
        record.doubt_less(at(at_s));
        assert!(doubt(&record) < before);
        before = doubt(&record);
    }
    assert_eq!(before, 0);
}

#[test]
fn a_sign_up_scored_again_speaks_for_the_account_while_it_is_let_pass_and_against_it_where_it_is_not()
 {
    let nat = LogOdds::NAT;
    let doubt = |again: &[(i32, bool)]| {
        let mut record = record();
        record.doubt(3 * nat, false);
        record.sign_up(at(1_000));
        for (log_odds, is_flagged) in again {
            record.doubt_again(*log_odds, *is_flagged);
        }
        record.facts(&from(1, 1, 1), at(5_000)).doubt.0
    };
    assert_eq!(doubt(&[(4 * nat, false)]), 3 * nat);
    assert_eq!(doubt(&[(0, false)]), 0);
    assert_eq!(
        doubt(&[(4 * nat, true)]),
        3 * nat,
        "more evidence clears nobody"
    );
    assert_eq!(doubt(&[(9 * nat, true)]), 5 * nat);
    assert_eq!(doubt(&[(0, false), (7 * nat, true)]), 4 * nat);
}

/// A service that knows its people, a moment before `now`.
fn service(budget: &Budget, hasher: KeyHasher, now: Now) -> Service {
    let mut service = Service::new(budget, hasher, 100);
    let login = seen(Lane::LoginSuccess, -8 * LogOdds::NAT);
    for n in 0..4_000 {
        service.learn(&Seen {
            trusted: 256,
            stranger: false,
            member: Member {
                at_s: now.watermark_s() - 50 * (4_000 - n),
                ..login.member
            },
            ..login
        });
    }
    service
}

/// A shard of a service that knows its people, with what is in force there.
pub(super) struct House {
    policy: Policy,
    hasher: KeyHasher,
    pub(super) service: Service,
    pub(super) shard: UserShard,
    pub(super) now: Now,
}

impl House {
    pub(super) fn new() -> Self {
        let policy = Policy::parse("[state]\nmemory_mib = 6\nrepeats = 100\nshards = 1\n").unwrap();
        let (budget, hasher) = (Budget::of(&policy.state), KeyHasher::new(HashSeed::REPLAY));
        let now = at(1_000_000);
        Self {
            service: service(&budget, hasher, now),
            shard: UserShard::new(&budget),
            policy,
            hasher,
            now,
        }
    }

    /// Does something with the shard and an attempt of which nothing else is known.
    pub(super) fn with<T>(
        &mut self,
        frame: &Frame,
        act: impl FnOnce(&mut UserShard, &Arrival<'_>, InForce<'_>) -> T,
    ) -> T {
        let arrival = Arrival {
            frame,
            now: self.now,
            tick: 500_000,
            source: &SourceFacts::default(),
            entity: &EntityFacts::default(),
        };
        let force = InForce {
            policy: &self.policy,
            service: &self.service,
            hasher: &self.hasher,
        };
        act(&mut self.shard, &arrival, force)
    }
}

#[test]
fn a_login_to_a_doubtful_account_is_asked_on_its_own_device_until_a_second_factor_is_right() {
    let mut house = House::new();
    let mut frame = from(1, 1, 1);
    (frame.user, frame.outcome) = (Some(7), Some(Outcome::Success));
    let now = house.now;
    let record = house
        .shard
        .users
        .get_or_insert(7, 7, UserRecord::fresh(now));
    record.learn(&frame, now);
    record.doubt(3 * LogOdds::NAT, false);
    let mut log_in = |mfa_passed| {
        let frame = Frame {
            mfa_passed,
            ..frame
        };
        house.with(&frame, |shard, arrival, force| {
            let judgement = shard.observe(arrival, force).0;
            let logins = shard.users.get(7, 7).unwrap().logins();
            (judgement.decision, judgement.attack, logins)
        })
    };
    let doubted = (Decision::Challenge, Attack::FakeSignup);
    assert_eq!(log_in(false), (doubted.0, doubted.1, 1), "it earns nothing");
    assert_eq!(log_in(true), (doubted.0, doubted.1, 2));
    assert_eq!(log_in(false), (Decision::Allow, Attack::None, 3));
}

#[test]
fn a_copy_that_is_revised_takes_nothing_from_the_owner_since_it_taught_nothing() {
    let mut house = House::new();
    *house
        .shard
        .users
        .get_or_insert(7, 7, UserRecord::fresh(at(1_000))) = copied_from();
    let before = *house.shard.users.get(7, 7).unwrap();
    let mut frame = copy(5);
    (frame.user, frame.outcome) = (Some(7), Some(Outcome::Success));
    let watched = Box::new(Watched {
        user: before.facts(&frame, house.now),
        frame,
        ..*watched(0, 4_000)
    });
    assert!(watched.user.copied_device);
    let revision = house.with(&frame, |shard, arrival, force| {
        shard.score_again(watched, true, arrival, force)
    });
    assert_eq!(revision.unwrap().judgement.decision, Decision::Challenge);
    let after = house.shard.users.get(7, 7).unwrap();
    assert_eq!(after.logins(), before.logins());
    assert!(after.facts(&from(1, 1, 1), house.now).known_device);
}

#[test]
fn only_what_would_tell_a_wrong_password_shows_whether_a_service_tells_reasons() {
    use super::learn::says_other;
    use credsieve_models::attempt::{FailureReason as R, Kind, Outcome};
    let said = |outcome, reason: Option<R>| {
        let mut frame = from(1, 1, 1);
        (frame.kind, frame.outcome) = (Kind::Login, Some(outcome));
        frame.failure_reason = reason;
        frame.says_other = reason == Some(R::Other);
        (says_other(&frame), says_other(&frame.without_other()))
    };
    let both = |told| (told, told);
    for reason in [R::BadPassword, R::UnknownUser] {
        assert_eq!(said(Outcome::Failure, Some(reason)), both(Some(false)));
    }
    for reason in [None, Some(R::Locked), Some(R::Expired), Some(R::BadMfa)] {
        assert_eq!(said(Outcome::Failure, reason), both(None));
    }
    assert_eq!(said(Outcome::Failure, Some(R::Other)), both(Some(true)));
    assert_eq!(said(Outcome::Success, None), both(None));
}

#[test]
fn names_tried_at_an_address_count_for_look_ups_alone() {
    let look_up = Frame {
        kind: Kind::Lookup,
        ..from(1, 1, 1)
    };
    assert_eq!(super::names_looked_up(&look_up, 64), NamesThere::Many);
    let login = from(1, 1, 1);
    assert_eq!(super::names_looked_up(&login, 1_000), NamesThere::Few);
}
