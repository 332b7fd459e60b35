use super::limits::tests::{flagged, seen};
use super::values::Field;
use super::*;
use crate::delta::Seen;
use crate::frame::Frame;
use crate::in_session::InSession;
use crate::user::Retries;
use credsieve_models::verdict::Attack;

const LANE: Lane = Lane::LoginBadPassword;
const NAT: i32 = LogOdds::NAT;

/// A service of so many people who log in, and what its attempts teach.
struct House {
    service: Service,
    at_s: u32,
}

impl House {
    fn new(people: u32) -> Self {
        let policy =
            credsieve_models::Policy::parse("[state]\nmemory_mib = 6\nrepeats = 100\nshards = 1\n")
                .unwrap();
        let budget = crate::state::budget::Budget::of(&policy.state);
        let hasher = credsieve_models::KeyHasher::new(credsieve_models::HashSeed::REPLAY);
        let mut house = Self {
            service: Service::new(&budget, hasher, 100),
            at_s: 1_000_000,
        };
        let login = Seen {
            trusted: 256,
            stranger: false,
            ..seen(Lane::LoginSuccess, -8 * NAT)
        };
        house.learn(people, &login);
        house
    }

    /// Each a second after the one before.
    fn learn(&mut self, times: u32, seen: &Seen) {
        for _ in 0..times {
            self.at_s += 1;
            let member = Member {
                at_s: self.at_s,
                ..seen.member
            };
            self.service.learn(&Seen { member, ..*seen });
        }
    }

    fn limit(&self, lane: Lane) -> i32 {
        self.service.limit(i64::from(self.at_s), lane).0
    }
}

#[test]
fn a_new_service_whose_scores_are_borne_out_is_believed_sooner() {
    let [mut known, mut new] = [2_000, 2_000].map(House::new);
    let lookup = new.limit(Lane::LookupFailure);
    let half_way = (GENTLE - NAT) / 2;
    assert_eq!(new.limit(LANE), half_way, "half of it is known");
    let flagged = flagged(5 * NAT);
    new.learn(300, &flagged);
    assert!(new.limit(LANE) < half_way - NAT / 4, "{}", new.limit(LANE));
    assert!(new.limit(LANE) >= half_way - BORNE_OUT / 2);
    assert_eq!(new.limit(Lane::LookupFailure), lookup);
    known.learn(
        300,
        &Seen {
            flagged: false,
            ..flagged
        },
    );
    assert_eq!(known.limit(LANE), half_way, "nobody was asked");
}

#[test]
fn in_an_outage_strangers_are_asked_later() {
    let mut house = House::new(60_000);
    let stranger = Seen {
        says_other: Some(true),
        ..seen(Lane::LoginOther, 0)
    };
    house.learn(30, &stranger);
    assert!(house.limit(Lane::LoginOther) < OUTAGE.0);
    let at_home = Seen {
        stranger: false,
        ..stranger
    };
    house.learn(600, &at_home);
    assert!(house.limit(Lane::LoginOther) >= OUTAGE.0);
    assert!(house.limit(LANE) < OUTAGE.0, "guesses are told apart");
}

#[test]
fn where_few_come_nobody_is_asked_below_even_odds() {
    let mut house = House::new(2_000);
    let many = Seen {
        trusted: 100 * 256,
        stranger: false,
        ..seen(Lane::LoginSuccess, -8 * NAT)
    };
    house.learn(10_000, &many);
    assert!(house.limit(LANE) < 0, "{}", house.limit(LANE));
    house.at_s += 86_400;
    assert!(
        (0..NAT / 2).contains(&house.limit(LANE)),
        "a quiet day later"
    );
}

#[test]
fn who_is_asked_below_even_odds_makes_no_campaign() {
    let campaigns = |log_odds: i32| {
        let mut house = House::new(2_000);
        for user in 0..60 {
            let mut asked = Seen {
                flagged: true,
                ..seen(LANE, log_odds)
            };
            asked.member.attack = Attack::CredentialStuffing;
            (asked.member.address, asked.member.user) = (7, user + 1);
            house.learn(1, &asked);
        }
        let now_ms = i64::from(house.at_s) * 1_000;
        house.service.tell_campaigns(now_ms)
    };
    assert!(!campaigns(0).is_empty());
    assert_eq!(campaigns(-1), []);
}

/// How like the attack it is that other names were tried before in a session, after so many people who did and an attack
/// that begins its sessions anew, or does not.
fn session_likeness(people: u32, attack_keeps_them: bool) -> [Option<i32>; 3] {
    let mut house = House::new(2_000);
    let try_in = |in_session, log_odds| Seen {
        in_session,
        ..seen(LANE, log_odds)
    };
    house.learn(300, &try_in(InSession::New, -4 * NAT));
    house.learn(people, &try_in(InSession::OtherNames, -4 * NAT));
    let attack = if attack_keeps_them {
        InSession::OtherNames
    } else {
        InSession::New
    };
    house.learn(300, &try_in(attack, 3 * NAT));
    let address = credsieve_models::Address::new("192.0.2.1".parse().unwrap()).unwrap();
    let frame = Frame::about(address);
    let at_s = i64::from(house.at_s);
    [InSession::Untold, InSession::New, InSession::OtherNames].map(|state| {
        house
            .service
            .likeness(at_s, &frame, state, Retries::Untold)
            .of(Field::Session)
    })
}

#[test]
fn a_session_with_several_names_is_unlike_an_attack_that_begins_one_a_name() {
    let [untold, new, others] = session_likeness(100, false);
    assert_eq!(untold, None);
    assert!(new.unwrap() > 0, "{new:?}");
    assert!(others.unwrap() < -2 * NAT, "{others:?}");
    let [_, _, others] = session_likeness(100, true);
    assert!(
        others.unwrap() > 0,
        "where the attack does so too: {others:?}"
    );
    let [_, _, nobodys] = session_likeness(1, false);
    assert_eq!(nobodys, None, "that nobody does so is no sign of people");
}

#[test]
fn retries_speak_where_people_go_on_failing_and_the_attack_does_not() {
    let likeness = |people: u32, attack: Retries| {
        let mut house = House::new(2_000);
        let goes_on = |retries, log_odds| Seen {
            retries,
            ..seen(LANE, log_odds)
        };
        house.learn(300, &goes_on(Retries::Few, -4 * NAT));
        house.learn(people, &goes_on(Retries::Long, -4 * NAT));
        house.learn(300, &goes_on(attack, 3 * NAT));
        let address = credsieve_models::Address::new("192.0.2.1".parse().unwrap()).unwrap();
        let frame = Frame::about(address);
        let at_s = i64::from(house.at_s);
        [Retries::Untold, Retries::Few, Retries::Long].map(|retries| {
            let likeness = house
                .service
                .likeness(at_s, &frame, InSession::Untold, retries);
            likeness.of(Field::Retries)
        })
    };
    let [untold, few, long] = likeness(100, Retries::Few);
    assert_eq!((untold, few), (None, None));
    assert!(long.unwrap() < -2 * NAT, "{long:?}");
    let [.., long] = likeness(100, Retries::Long);
    assert!(long.unwrap() > 0, "where the attack does so too: {long:?}");
    let [.., nobodys] = likeness(1, Retries::Few);
    assert_eq!(nobodys, None, "that nobody does so is no sign of people");
}
