use super::*;
use crate::delta::Seen;
use crate::entity::LinkFacts;
use crate::in_session::InSession;
use crate::near::NearNames;
use crate::place::PlaceFacts;
use crate::rhythm::RhythmFacts;
use crate::service::campaigns::Member;
use crate::service::limits::tests::seen;
use crate::service::values::Field;
use crate::state::budget::Budget;
use crate::user::Retries;
use credsieve_models::attempt::{FailureReason, Outcome};
use credsieve_models::verdict::{Family, LogOdds, Measure};
use credsieve_models::{Address, HashSeed, KeyHasher};
use std::net::{IpAddr, Ipv4Addr};

/// A failed login by a stranger of whom nothing else is known, to be changed.
struct Scene {
    policy: Policy,
    frame: Frame,
    source: SourceFacts,
    entity: EntityFacts,
    user: UserFacts,
    service: Service,
}

fn scene() -> Scene {
    let policy = Policy::parse("[state]\nmemory_mib = 6\nrepeats = 100\nshards = 1\n").unwrap();
    let budget = Budget::of(&policy.state);
    let ip = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    let mut frame = Frame::about(Address::new(ip).unwrap());
    frame.user = Some(7);
    frame.outcome = Some(Outcome::Failure);
    frame.failure_reason = Some(FailureReason::BadPassword);
    Scene {
        service: Service::new(&budget, KeyHasher::new(HashSeed::REPLAY), 90),
        policy,
        frame,
        source: SourceFacts::default(),
        entity: EntityFacts::default(),
        user: UserFacts::unknown(),
    }
}

impl Scene {
    fn known(&self) -> Known<'_> {
        let facts = (&self.source, &self.entity, &self.user);
        Known::new(&self.policy, &self.frame, 1_000_000, facts, &self.service)
    }
    fn weight(&self, family: Family) -> i32 {
        let reasons = reasons(&self.known());
        let of_family = reasons.iter().filter(|r| r.family == family);
        of_family.map(|r| r.weight.0).sum()
    }
    fn says(&self, measure: Measure) -> bool {
        reasons(&self.known()).iter().any(|r| r.measure == measure)
    }
    fn at_home(mut self) -> Self {
        self.user.known_device = true;
        self.user.place = PlaceState::Address;
        self.user.logins = 20;
        self
    }
    fn tried_here(mut self, users: u32, good_users: u32) -> Self {
        self.source.ip = PlaceFacts {
            attempts: 2 * users,
            failures: 2 * users,
            short_failures: 2 * users,
            short_users: users,
            day_users: users,
            day_failures: 2 * users,
            good_users,
            ..PlaceFacts::default()
        };
        self
    }
}

#[test]
fn who_comes_with_a_known_device_or_from_home_with_a_known_tool_is_no_stranger() {
    let mut scene = scene();
    assert!(scene.known().stranger);
    scene.user.place = PlaceState::Address;
    assert!(!scene.known().stranger, "nothing speaks against it");
    scene.frame.tool = Some(5);
    assert!(
        scene.known().stranger,
        "at home with a tool never seen there"
    );
    scene.user.knows_tool = true;
    assert!(!scene.known().stranger);
    scene.user.place = PlaceState::Network;
    assert!(scene.known().stranger, "the neighbour's");
    scene.user.known_device = true;
    assert!(!scene.known().stranger);
}

#[test]
fn the_device_is_told_apart_by_whose_it_is() {
    let mut scene = scene();
    assert_eq!(scene.known().pattern.device, DeviceState::None);
    scene.frame.device = Some(9);
    for (owners, state) in [
        (0, DeviceState::New),
        (1, DeviceState::Others),
        (5, DeviceState::Shared),
    ] {
        scene.entity.device.owners = owners;
        assert_eq!(scene.known().pattern.device, state);
    }
    scene.user.known_device = true;
    assert_eq!(scene.known().pattern.device, DeviceState::Known);
}

#[test]
fn what_is_known_of_the_users_tools_and_passwords_is_said_and_nothing_else() {
    let step = |scene: &Scene, of| scene.known().marks.expect("a stranger").step(of);
    let mut scene = scene();
    (scene.frame.tool, scene.frame.agent, scene.frame.password) = (Some(1), Some(2), Some(3));
    // Who has logged in by token only has no password or program that is known.
    scene.user.logins = 9;
    assert_eq!(step(&scene, Trait::OwnTool), 0);
    assert_eq!(step(&scene, Trait::RightBefore), 0);
    (scene.user.has_tool, scene.user.has_password) = (true, true);
    assert_eq!(step(&scene, Trait::OwnTool), 1);
    assert_eq!(step(&scene, Trait::RightBefore), 1);
    scene.user.knows_agent = true;
    assert_eq!(step(&scene, Trait::OwnTool), 2);
    (scene.user.knows_tool, scene.user.good_password) = (true, true);
    assert_eq!(step(&scene, Trait::OwnTool), 3);
    assert_eq!(step(&scene, Trait::RightBefore), 2);
    // The answer would ease the pairs that work.
    scene.frame.outcome = None;
    assert_eq!(step(&scene, Trait::RightBefore), 0);
    (scene.frame.tool, scene.frame.agent) = (None, None);
    assert_eq!(step(&scene, Trait::OwnTool), 0);
}

#[test]
fn other_users_tried_here_count_and_ones_own_retries_do_not() {
    let mut alone = scene().tried_here(1, 0);
    alone.source.ip.short_failures = 1;
    let alone = alone.weight(Family::Breadth);
    let [five, thirty] = [5, 30].map(|users| scene().tried_here(users, 0).weight(Family::Breadth));
    assert!(
        alone < LogOdds::NAT / 2 && 2 * five > 3 * alone && thirty > LogOdds::NAT,
        "{alone} {five} {thirty}"
    );
}

#[test]
fn more_tries_a_user_change_the_name_of_the_attack_and_never_its_weight() {
    let once = scene().tried_here(20, 0);
    let mut often = scene().tried_here(20, 0);
    often.source.ip.short_failures = 100;
    assert!(once.says(Measure::DistinctUsers) && often.says(Measure::SprayedUsers));
    assert_eq!(once.weight(Family::Breadth), often.weight(Family::Breadth));
}

#[test]
fn where_many_belong_many_may_fail() {
    let [nobodys, offices] =
        [0, 60].map(|good| scene().tried_here(15, good).weight(Family::Breadth));
    assert!(nobodys > LogOdds::NAT / 2, "{nobodys}");
    assert!(offices <= 0, "{offices}");
    let flooded = scene().tried_here(10_000, 60).weight(Family::Breadth);
    let cap = scene().policy.standing.breadth_cap.0.0;
    assert!(flooded <= cap + 4 * LogOdds::NAT, "{flooded}");
}

#[test]
fn both_networks_count_and_people_who_belong_there_take_away() {
    let tried = |good_users| PlaceFacts {
        short_users: 60,
        good_users,
        ..PlaceFacts::default()
    };
    let weight = |near, wide| {
        let mut scene = scene();
        (scene.source.near, scene.source.wide) = (near, wide);
        scene.weight(Family::Breadth)
    };
    let near = weight(tried(0), PlaceFacts::default());
    assert!(near > 0);
    assert!(weight(tried(0), tried(0)) >= near);
    assert!(weight(tried(200), PlaceFacts::default()) < near);
}

#[test]
fn a_user_under_fire_is_evidence_against_strangers_only() {
    let mut scene = scene();
    scene.user.failing_addresses = 1;
    assert!(!scene.says(Measure::FailingAddresses), "the attempt itself");
    scene.user.failing_addresses = 40;
    assert!(scene.weight(Family::UnderFire) > LogOdds::NAT);
    assert_eq!(scene.at_home().weight(Family::UnderFire), 0);
}

#[test]
fn a_popular_password_is_evidence_against_strangers_only() {
    let mut scene = scene();
    scene.frame.password = Some(3);
    scene.entity.password = LinkFacts {
        users: 30,
        ..LinkFacts::default()
    };
    let unowned = scene.weight(Family::Password);
    assert!(unowned > LogOdds::NAT, "{unowned}");
    scene.entity.password.owners = 100;
    assert!(
        scene.weight(Family::Password) < unowned,
        "people have it too"
    );
    scene.entity.password.owners = 0;
    assert_eq!(scene.at_home().weight(Family::Password), 0);
}

#[test]
fn a_name_that_is_nobodys_and_is_tried_from_elsewhere_is_on_a_list() {
    let mut scene = scene();
    scene.user.tried_from = 1;
    assert!(!scene.says(Measure::TriedFrom));
    scene.user.tried_from = 4;
    assert!(scene.says(Measure::TriedFrom));
    scene.user.logins = 1;
    assert!(!scene.says(Measure::TriedFrom), "somebody's");
}

#[test]
fn what_repeats_itself_is_no_guess() {
    let mut scene = scene().tried_here(1, 0);
    scene.source.ip.attempts = 90;
    scene.source.ip.failures = 90;
    scene.source.ip.day_failures = 500;
    scene.frame.password = Some(3);
    let (volume, guess) = (scene.weight(Family::Volume), scene.weight(Family::Identity));
    assert!(volume > 2 * LogOdds::NAT, "{volume}");
    scene.user.same_again = true;
    let again = scene.weight(Family::Volume);
    assert!(again < volume / 2, "{again} {volume}");
    assert!(scene.says(Measure::SameAgain));
    assert!(scene.weight(Family::Identity) < guess - LogOdds::NAT);
}

#[test]
fn volume_says_nothing_against_who_is_at_home() {
    let scene = scene().tried_here(500, 0).at_home();
    assert_eq!(scene.weight(Family::Volume), 0);
}

#[test]
fn a_password_of_one_person_under_a_name_of_nobody_is_a_slip() {
    let mut scene = scene();
    scene.frame.failure_reason = Some(FailureReason::UnknownUser);
    scene.frame.password = Some(3);
    let nobodys = scene.weight(Family::Password);
    scene.entity.password.owners = 1;
    let somebodys = scene.weight(Family::Password);
    assert!(somebodys < nobodys - LogOdds::NAT, "{somebodys} {nobodys}");
}

#[test]
fn a_name_near_to_somebodys_is_a_slip() {
    let mut scene = scene();
    scene.frame.failure_reason = Some(FailureReason::UnknownUser);
    scene.frame.near = NearNames::of("magdalena", 1, &HashSeed::REPLAY);
    let far = scene.weight(Family::Identity);
    scene.entity.near_names = 2;
    assert!(scene.says(Measure::MistypedName));
    assert!(scene.weight(Family::Identity) < far - LogOdds::NAT / 2);
}

#[test]
fn the_pace_of_a_machine_is_said_of_strangers_and_of_nobody_at_home() {
    let mut scene = scene().tried_here(30, 0);
    scene.source.ip.kin = 8;
    scene.source.ip.rhythm = RhythmFacts {
        gap_ms: 2_000,
        steady: 9,
        spans: 14,
    };
    // What weighs nothing is no reason: which of the others weigh, the card says.
    assert!(scene.says(Measure::Pace));
    let pace = reasons(&scene.known())
        .into_iter()
        .find(|r| r.measure == Measure::Pace)
        .unwrap();
    assert_eq!((pace.value, pace.limit), (2, 9));
    let scene = scene.at_home();
    for measure in [Measure::Pace, Measure::SlowTries, Measure::KinNames] {
        assert!(!scene.says(measure), "{measure:?}");
    }
}

#[test]
fn of_a_stranger_what_hardly_weighs_is_told_as_part_of_the_first_reason_and_the_sum_is_the_same() {
    let scene = scene().tried_here(3, 0);
    let sum = |reasons: &[Reason]| reasons.iter().map(|r| r.weight.0).sum::<i32>();
    let every = reasons(&scene.known());
    let mut told = every.clone();
    tell_what_counts(&mut told);
    assert!(told.len() < every.len(), "{} {}", told.len(), every.len());
    assert_eq!(sum(&told), sum(&every));
    assert_eq!(told[0].measure, Measure::Stranger);
    assert!(told.iter().skip(1).all(|r| r.weight.0.abs() >= TOLD_FROM));
    // Without a first one each stands for itself, and what somebody decided by hand always does.
    let mut others = every[1..].to_vec();
    tell_what_counts(&mut others);
    assert_eq!(others, every[1..]);
    let by_hand = Reason {
        family: Family::List,
        weight: LogOdds(0),
        ..every[0]
    };
    let mut listed = vec![every[0], by_hand];
    tell_what_counts(&mut listed);
    assert_eq!(listed.len(), 2);
}

#[test]
fn a_success_after_a_suspect_one_from_elsewhere_is_a_takeover_for_three_hours() {
    let mut scene = scene();
    scene.frame.outcome = Some(Outcome::Success);
    scene.frame.failure_reason = None;
    scene.user.logins = 3;
    scene.user.since_suspect_s = 3 * 3_600 - 1;
    assert!(scene.says(Measure::SuspectSuccess));
    scene.user.since_suspect_s += 1;
    assert!(!scene.says(Measure::SuspectSuccess));
    scene.user.since_suspect_s = 60;
    assert!(
        !scene.at_home().says(Measure::SuspectSuccess),
        "the owner comes home"
    );
}

#[test]
fn hardly_anything_is_said_of_a_stranger_in_a_quiet_service_and_nothing_at_home() {
    for (scene, most) in [(scene(), LogOdds::NAT / 2), (scene().at_home(), 0)] {
        assert!(!scene.says(Measure::Excess));
        for family in [Family::Tool, Family::Breadth, Family::Volume] {
            let weight = scene.weight(family);
            assert!(weight.abs() <= most, "{family:?} {weight}");
        }
    }
}

#[test]
fn an_account_is_doubted_as_its_sign_up_was_however_well_its_device_is_known() {
    let mut failure = scene();
    let mut scene = scene().at_home();
    scene.frame.outcome = Some(Outcome::Success);
    let nat = LogOdds::NAT;
    let said = |scene: &Scene, log_odds| super::doubt(&scene.known(), LogOdds(log_odds));
    scene.user.doubt = LogOdds(3 * nat);
    assert!(
        said(&scene, -5 * nat).is_none(),
        "of a service that is hardly known"
    );
    for n in 0..4_000 {
        scene.service.learn(&Seen {
            trusted: 256,
            stranger: false,
            member: Member {
                at_s: 800_000 + 50 * n,
                ..seen(Lane::LoginSuccess, -8 * nat).member
            },
            ..seen(Lane::LoginSuccess, -8 * nat)
        });
    }
    let reason = said(&scene, -5 * nat).unwrap();
    assert_eq!((reason.weight.0, reason.value), (8 * nat, 95));
    let reason = said(&scene, 4 * nat).unwrap();
    assert_eq!(
        reason.weight.0, 0,
        "nothing is missing, and it is doubted all the same"
    );
    failure.service = scene.service;
    failure.user = scene.user;
    assert!(said(&failure, 0).is_none(), "others may fail there");
    failure.frame.outcome = None;
    assert!(said(&failure, 0).is_some(), "a question");
    failure.policy.signals.off = vec!["user.doubtful_sign_up".into()];
    assert!(said(&failure, 0).is_none());
}

#[test]
fn a_signal_that_is_switched_off_is_silent() {
    let mut scene = scene().tried_here(30, 0);
    let said = reasons(&scene.known());
    let of_family = said.iter().filter(|r| r.family == Family::Breadth);
    let signal = of_family.max_by_key(|r| r.weight.0).unwrap().signal();
    let before = scene.weight(Family::Breadth);
    scene.policy.signals.off = vec![signal.clone()];
    assert!(scene.weight(Family::Breadth) < before);
    assert!(reasons(&scene.known()).iter().all(|r| r.signal() != signal));
}

#[test]
fn a_breached_password_says_what_it_says_here() {
    let weight = |scene: &Scene, breached: bool| {
        let mut frame = scene.frame;
        frame.breached_password = breached;
        let facts = (&scene.source, &scene.entity, &scene.user);
        let known = Known::new(&scene.policy, &frame, 1_000_000, facts, &scene.service);
        let reasons = reasons(&known);
        let said = reasons
            .iter()
            .find(|r| r.measure == Measure::BreachedPassword);
        said.map_or(0, |reason| reason.weight.0)
    };
    let nat = LogOdds::NAT;
    let mut scene = scene();
    assert_eq!(weight(&scene, true), nat * 3 / 4, "nothing is learned");
    assert_eq!(weight(&scene, false), 0);
    let seen = |lane, log_odds, breached| Seen {
        breached: Some(breached),
        member: Member {
            at_s: 1_000_000,
            ..seen(lane, log_odds).member
        },
        ..seen(lane, log_odds)
    };
    for n in 0..400 {
        let person = seen(Lane::LoginSuccess, -8 * nat, n % 10 == 0);
        scene.service.learn(&person);
        let attacker = seen(Lane::LoginBadPassword, 5 * nat, n % 5 > 0);
        scene.service.learn(&attacker);
    }
    let [in_breach, in_none] = [true, false].map(|breached| weight(&scene, breached));
    assert!(
        in_breach > nat * 3 / 2 && in_breach <= 2 * nat,
        "{in_breach}"
    );
    assert!(in_none <= -nat * 3 / 4 && in_none >= -nat, "{in_none}");
    let at_home = scene.at_home();
    assert_eq!(weight(&at_home, true), 2 * nat, "no stranger");
    assert_eq!(weight(&at_home, false), 0);
}

#[test]
fn session_and_retries_speak_for_somebody_by_two_nats_together_at_most_and_never_against() {
    let mut scene = scene();
    let mut learn = |in_session, retries, log_odds: i32, times: i64| {
        for n in 0..times {
            let mut seen = Seen {
                in_session,
                retries,
                ..seen(Lane::LoginBadPassword, log_odds)
            };
            seen.member.at_s = u32::try_from(999_000 + n).unwrap();
            scene.service.learn(&seen);
        }
    };
    let [people, attack] = [-4 * LogOdds::NAT, 3 * LogOdds::NAT];
    learn(InSession::OtherNames, Retries::Long, people, 100);
    learn(InSession::New, Retries::Kept, people, 10);
    learn(InSession::New, Retries::Kept, attack, 900);
    let at_s = 1_000_000;
    let weights = |scene: &Scene| {
        let reasons = reasons(&scene.known());
        [Measure::SessionLikeAttack, Measure::RetriesLikeAttack].map(|measure| {
            let reason = reasons.iter().find(|r| r.measure == measure);
            reason.map(|reason| reason.weight.0)
        })
    };
    assert_eq!(weights(&scene), [None, None], "nothing is told");
    let most = Some(-2 * LogOdds::NAT);
    scene.source.in_session = InSession::OtherNames;
    assert_eq!(weights(&scene), [most, None]);
    scene.user.retries = Retries::Long;
    let both: i32 = weights(&scene).into_iter().flatten().sum();
    assert_eq!(both, -2 * LogOdds::NAT);
    scene.source.in_session = InSession::Untold;
    assert_eq!(weights(&scene), [None, most]);
    // What is more the attack's than people's is held against nobody.
    scene.source.in_session = InSession::New;
    scene.user.retries = Retries::Kept;
    let service = &scene.service;
    let likeness = service.likeness(at_s, &scene.frame, InSession::New, Retries::Kept);
    for field in [Field::Session, Field::Retries] {
        assert!(likeness.of(field).unwrap() > 0, "{field:?}");
    }
    assert!(
        weights(&scene)
            .into_iter()
            .flatten()
            .all(|weight| weight == 0)
    );
}
