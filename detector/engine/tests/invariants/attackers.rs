//! What an attacker in the loop cannot do: lock somebody out, launder, poison.

use crate::town::*;
use credsieve_engine::{Judgement, Observed};
use credsieve_models::attempt::FailureReason;
use credsieve_models::verdict::{Decision, Family, LogOdds, Measure};
use credsieve_models::{Dimension, Entity};
use proptest::prelude::*;
use std::net::Ipv4Addr;

/// How somebody who knows the victim's name goes about it for a week.
#[derive(Clone, Copy, Debug)]
struct Siege {
    victim: u32,
    /// Seconds between tries, and how many come at each.
    pace_s: i64,
    /// Hours of each day.
    hours: i64,
    burst: u32,
    /// From how many addresses.
    addresses: u32,
    /// From the victim's own network, or the very address, too.
    near: Near,
    device: Device,
    own_agent: bool,
    /// The same password each time.
    one_password: bool,
    unknown: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    Far,
    Network,
    Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    None,
    One,
    Many,
    /// The victim's own token.
    Copied,
}

fn siege() -> impl Strategy<Value = Siege> {
    use Device as D;
    // All day, or an hour a day and fast.
    let pace = prop_oneof![
        3 => (400..20_000i64).prop_map(|pace_s| (pace_s, 24)),
        1 => (4..60i64).prop_map(|pace_s| (pace_s, 1)),
    ];
    let near =
        prop_oneof![4 => Just(Near::Far), 1 => Just(Near::Network), 1 => Just(Near::Address)];
    let device = prop_oneof![3 => Just(D::None), 1 => Just(D::One), 2 => Just(D::Many), 1 => Just(D::Copied)];
    let ways = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.1));
    (0..PEOPLE, pace, 1..6u32, 1..3_000u32, near, device, ways).prop_map(
        |(
            victim,
            (pace_s, hours),
            burst,
            addresses,
            near,
            device,
            (own_agent, one_password, unknown),
        )| {
            Siege {
                victim,
                pace_s,
                hours,
                burst: if hours == 1 { 1 } else { burst },
                addresses,
                near,
                device,
                own_agent,
                one_password,
                unknown,
            }
        },
    )
}

impl Siege {
    fn tries(self, from_ms: i64, until_ms: i64) -> Vec<Try> {
        let victim = person(self.victim);
        let mut all = Vec::new();
        let mut n = 0u32;
        let mut time_ms = from_ms;
        while time_ms < until_ms {
            for _ in 0..self.burst {
                n += 1;
                let mut guess = guess(n % self.addresses, &victim.user).at(time_ms);
                match self.near {
                    Near::Far => {}
                    Near::Network => {
                        let [a, b, c, _] = victim.ip.octets();
                        guess.ip = Ipv4Addr::new(a, b, c, u8::try_from(n % 250).unwrap());
                        guess.asn = victim.asn;
                        guess.country = victim.country;
                    }
                    Near::Address => guess.ip = victim.ip,
                }
                guess.device = match self.device {
                    Device::None => None,
                    Device::One => Some("tool".into()),
                    Device::Many => Some(format!("tool-{n}")),
                    Device::Copied => victim.device.clone(),
                };
                if self.own_agent {
                    guess.agent = "Tool/7".into();
                }
                guess.password = (!self.one_password).then(|| format!("guess-{n}"));
                if self.unknown {
                    guess.failed = Some(FailureReason::UnknownUser);
                }
                all.push(guess);
            }
            time_ms += self.pace_s * 1_000;
            if (time_ms - from_ms) % DAY_MS >= self.hours * HOUR_MS {
                time_ms += DAY_MS - (time_ms - from_ms) % DAY_MS;
            }
        }
        all
    }
}

/// Every block has two families that speak, one of them about the attempt's own source, and stands at
/// no address that many share.
fn assert_blocks_are_founded(story: &Story) -> Result<(), TestCaseError> {
    for (attempt, judgement) in story.judged() {
        if judgement.decision == Decision::Block {
            let speaking: Vec<Family> = Family::ALL
                .iter()
                .copied()
                .filter(|family| weight(judgement, *family) >= LogOdds::NAT)
                .collect();
            let own = judgement.reasons.iter().any(|reason| {
                speaking.contains(&reason.family)
                    && reason.weight.0 > 0
                    && matches!(
                        reason.entity.dimension(),
                        Dimension::Ip | Dimension::Device | Dimension::Password
                    )
            });
            prop_assert!(speaking.len() >= 2, "{attempt:?} {judgement:?}");
            prop_assert!(own, "{attempt:?} {judgement:?}");
            prop_assert!(!judgement.shared_address, "{attempt:?} {judgement:?}");
        }
    }
    Ok(())
}

fn weight(judgement: &Judgement, family: Family) -> i32 {
    let of_family = judgement.reasons.iter().filter(|r| r.family == family);
    of_family.map(|r| r.weight.0).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_week_of_guesses_at_somebody_locks_nobody_out(siege in siege()) {
        let until_ms = KNOWN_FROM_MS + 7 * DAY_MS;
        let mut tries = life(KNOWN_FROM_MS, until_ms);
        tries.extend(siege.tries(KNOWN_FROM_MS + HOUR_MS, until_ms));
        let story = Story::of(&tries);
        assert_blocks_are_founded(&story)?;
        let victim = person(siege.victim);
        for (attempt, judgement) in story.judged() {
            let on_own_device = attempt.user == victim.user && attempt.device == victim.device;
            if !on_own_device {
                continue;
            }
            prop_assert!(judgement.decision < Decision::Block, "{attempt:?} {judgement:?}");
            let owner = attempt.failed.is_none();
            if owner && attempt.ip == victim.ip {
                prop_assert_eq!(judgement.decision, Decision::Allow, "{:?} {:?}", attempt, judgement);
            }
        }
        // And nobody else pays for it.
        let (all, stopped, blocked) =
            story.stopped(|t| t.failed.is_none() && t.user != victim.user && t.device.is_some());
        prop_assert!(stopped * 1_000 <= all * 2, "{stopped} of {all}");
        prop_assert_eq!(blocked, 0);
    }
}

/// Many users fail, one try each, from one address and one device.
pub fn stuffing(from: &Try, users: std::ops::Range<u32>, start_ms: i64, gap_ms: i64) -> Vec<Try> {
    let mut time_ms = start_ms;
    let all = users.map(|n| {
        time_ms += gap_ms;
        Try {
            user: person(n).user,
            password: Some(format!("leaked-{n}")),
            failed: Some(FailureReason::BadPassword),
            ..from.clone().at(time_ms)
        }
    });
    all.collect()
}

/// The attacker's machine.
fn lair() -> Try {
    Try {
        device: Some("lair".into()),
        ..guess(7, "")
    }
}

/// Logins of the attacker's own accounts from the lair, in the day before `until_ms`; or, to look like people who mistype,
/// each after a wrong password, and on ever other devices.
fn own_logins(accounts: u32, times: u32, until_ms: i64, mistyping: bool) -> Vec<Try> {
    let each = (0..times).flat_map(|turn| {
        (0..accounts).map(move |n| Try {
            user: format!("own-{n}"),
            password: Some(format!("own-{n}")),
            failed: None,
            ..lair().at(until_ms - DAY_MS + i64::from(turn * accounts + n) * 60_000)
        })
    });
    each.filter(|t| t.time_ms < until_ms)
        .flat_map(|mut t| {
            if mistyping {
                t.device = Some(format!("den-{}", t.time_ms));
            }
            let wrong = Try {
                password: Some(format!("wrong-{}", t.time_ms)),
                failed: Some(FailureReason::BadPassword),
                ..t.clone().at(t.time_ms - 20_000)
            };
            mistyping.then_some(wrong).into_iter().chain([t])
        })
        .collect()
}

fn counters(story: &Story, entity: Entity) -> Vec<(&'static str, &'static str, u64)> {
    let now_ms = story.engine.watermark_ms();
    story
        .engine
        .entity(entity, now_ms)
        .map_or_else(Vec::new, |view| view.counters)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn logins_of_the_attackers_own_accounts_wash_nothing_off(
        accounts in 1..60u32,
        times in 1..40u32,
        victims in 5..60u32,
        gap_ms in 500..20_000i64,
        mistyping in any::<bool>(),
    ) {
        let start_ms = KNOWN_FROM_MS + DAY_MS;
        let mut plain = life(KNOWN_FROM_MS, start_ms + HOUR_MS);
        plain.extend(stuffing(&lair(), 0..victims, start_ms, gap_ms));
        let mut washed = plain.clone();
        washed.extend(own_logins(accounts, times, start_ms, mistyping));
        // And once more between the guesses.
        washed.extend((0..victims).map(|n| Try {
            user: format!("own-{}", n % accounts),
            password: Some(format!("own-{}", n % accounts)),
            failed: None,
            ..lair().at(start_ms + i64::from(n) * gap_ms + gap_ms / 2)
        }));
        let (plain, washed) = (Story::of(&plain), Story::of(&washed));
        let frame = frame(&lair(), 0);
        for entity in [
            Entity::Ip(frame.address),
            Entity::Net(frame.address.near()),
            Entity::Net(frame.address.wide()),
            Entity::Device(frame.device.unwrap()),
            Entity::Asn(frame.asn.unwrap()),
        ] {
            let (was, is) = (counters(&plain, entity), counters(&washed, entity));
            for ((name, window, was), (.., is)) in was.iter().zip(&is) {
                prop_assert!(is >= was, "{entity:?} {name} {window}: {was} became {is}");
            }
        }
        assert_blocks_are_founded(&washed)?;
        // Where many belong many may fail: an account of the attacker's own buys two guesses,
        // however often it logs in.
        let guessing = |t: &Try| {
            let lair = t.device.as_deref() == Some("lair");
            t.failed.is_some() && lair && !t.user.starts_with("own-")
        };
        let (all, stopped, _) = washed.stopped(guessing);
        let free = all - stopped;
        prop_assert!(free <= 10 + 2 * accounts as usize, "{free} of {all} guesses are free");
    }
}

/// A thief with the right password, a device of the thief's own, from where `from` is.
fn thief(from: &Try, victim: u32) -> Try {
    Try {
        user: person(victim).user,
        password: person(victim).password,
        device: Some("thief".into()),
        failed: None,
        ..from.clone()
    }
}

fn knows(story: &Story, t: &Try) -> bool {
    let frame = frame(t, 0);
    let tag = credsieve_engine::device_tag(frame.device.unwrap());
    story
        .engine
        .known_devices(frame.user.unwrap())
        .contains(&tag)
}

#[test]
fn a_copied_device_is_asked_in_another_program_and_its_owner_is_not_wherever_the_owner_is() {
    let start_ms = KNOWN_FROM_MS + HOUR_MS;
    let mut tries = life(KNOWN_FROM_MS, start_ms + 26 * HOUR_MS);
    let copy = |n: u32| Try {
        device: person(n).device,
        agent: "Thief/1".into(),
        ..thief(&lair(), n)
    };
    // Each victim once, and one for a day: to try on makes nothing of the copy.
    tries.extend((0..20).map(|n| copy(n).at(start_ms + i64::from(n) * 60_000)));
    tries.extend((0..24).map(|hour| copy(30).at(start_ms + hour * HOUR_MS)));
    let away = |n: u32| Try {
        ip: Ipv4Addr::from(0x4100_0000 + n * 65_537),
        country: *b"PT",
        asn: 64_900,
        ..person(n)
    };
    let travels = (0..20).chain([30]);
    tries.extend(travels.map(|n| away(n).at(start_ms + 25 * HOUR_MS + i64::from(n) * 60_000)));
    let story = Story::of(&tries);
    let mut seen = [0, 0];
    for (attempt, judgement) in story.judged() {
        let says_copy = judgement
            .reasons
            .iter()
            .any(|reason| reason.measure == Measure::CopiedDevice);
        if attempt.agent == "Thief/1" {
            assert_eq!(judgement.decision, Decision::Challenge, "{judgement:?}");
            assert!(says_copy, "{attempt:?} {judgement:?}");
            seen[0] += 1;
        } else if attempt.device.is_some() && attempt.asn == 64_900 {
            assert_eq!(judgement.decision, Decision::Allow, "{judgement:?}");
            assert!(!says_copy, "{attempt:?} {judgement:?}");
            seen[1] += 1;
        }
    }
    assert_eq!(seen, [44, 21]);
}

#[test]
fn a_success_that_is_not_allowed_teaches_nothing() {
    let start_ms = KNOWN_FROM_MS + HOUR_MS;
    let mut tries = life(KNOWN_FROM_MS, start_ms + HOUR_MS);
    tries.extend(stuffing(&lair(), 0..60, start_ms, 2_000));
    let late = (60..80).map(|n| thief(&lair(), n).at(start_ms + 121_000 + i64::from(n) * 1_000));
    tries.extend(late);
    let story = Story::of(&tries);
    let mut refused = 0;
    for (attempt, judgement) in story.judged() {
        if attempt.device.as_deref() == Some("thief") {
            let allowed = judgement.decision == Decision::Allow;
            assert_eq!(knows(&story, attempt), allowed, "{attempt:?} {judgement:?}");
            refused += usize::from(!allowed);
        }
    }
    assert!(refused >= 15, "{refused} of 20 thieves are refused");
}

#[test]
fn a_revision_makes_what_a_thief_taught_unknown_again() {
    let start_ms = KNOWN_FROM_MS + HOUR_MS;
    let mut tries = life(KNOWN_FROM_MS, start_ms + HOUR_MS);
    // The thieves come first, with what their victims come with too; where they come from shows itself then. No more
    // than two: of more, the town is too small to challenge all.
    let careful = |n| Try {
        ip: lair().ip,
        device: Some("thief".into()),
        ..person(n)
    };
    tries.extend((0..2).map(|n| careful(n).at(start_ms + i64::from(n))));
    tries.extend(stuffing(&lair(), 10..400, start_ms + 5_000, 5_000));
    // And the thieves come again, while it goes on.
    tries.extend((0..2).map(|n| thief(&lair(), n).at(start_ms + HOUR_MS / 2 + i64::from(n))));
    let story = Story::of(&tries);
    let revised: Vec<_> = story
        .observed
        .iter()
        .filter_map(|o| match o {
            Observed::Revised(revision) if revision.finds_a_thief() => Some(revision.frame.user),
            _ => None,
        })
        .collect();
    assert!(!revised.is_empty(), "a thief is found late");
    for (attempt, judgement) in story.judged() {
        let again = attempt.time_ms >= start_ms + HOUR_MS / 2;
        let stranger = attempt.device.as_deref() == Some("thief");
        if again && stranger && revised.contains(&frame(attempt, 0).user) {
            assert!(!knows(&story, attempt), "{attempt:?} {judgement:?}");
        }
    }
}

#[test]
fn the_same_wrong_password_for_hours_is_a_program_and_not_flagged_for_ever() {
    for (gap_ms, fingerprint) in [
        (300_000, true),
        (60_000, true),
        (30_000, true),
        (300_000, false),
    ] {
        let start_ms = KNOWN_FROM_MS + HOUR_MS;
        let until_ms = start_ms + 12 * HOUR_MS;
        let mut tries = life(KNOWN_FROM_MS, until_ms);
        // From an office where the user has never been.
        let stale = Try {
            device: None,
            agent: "Mail/1".into(),
            password: fingerprint.then(|| "old".into()),
            ..guess(9, "person.3")
        };
        let mut time_ms = start_ms;
        while time_ms < until_ms {
            tries.push(stale.clone().at(time_ms));
            time_ms += gap_ms;
        }
        let story = Story::of(&tries);
        let is_stale = |t: &Try| t.agent == "Mail/1" && t.time_ms > start_ms + HOUR_MS;
        let (all, stopped, _) = story.stopped(is_stale);
        assert!(all > 100);
        assert_eq!(
            stopped, 0,
            "of {all}, each {gap_ms} ms, fingerprint: {fingerprint}"
        );
    }
}

/// The weights of "tried elsewhere" in the tries of a program that moves from network to network, of those after the
/// first hour that have it.
fn weights_on_the_move(
    password: impl Fn(u32) -> String,
    agent: impl Fn(u32) -> String,
) -> Vec<LogOdds> {
    let start_ms = KNOWN_FROM_MS + HOUR_MS;
    let mut tries = life(KNOWN_FROM_MS, start_ms + 12 * HOUR_MS);
    tries.extend((0..72).map(|n| {
        Try {
            device: None,
            ip: Ipv4Addr::from(0x4000_0000 + n * 65_537),
            agent: agent(n),
            password: Some(password(n)),
            ..guess(9, "person.3")
        }
        .at(start_ms + i64::from(n) * HOUR_MS / 6)
    }));
    let story = Story::of(&tries);
    let moves = |t: &Try| t.agent.starts_with("Mail") && t.time_ms > start_ms + HOUR_MS;
    let judged = story.judged().filter(|(t, _)| moves(t));
    let reasons = judged.flat_map(|(_, judgement)| &judgement.reasons);
    reasons
        .filter(|reason| reason.measure == Measure::TriedElsewhere)
        .map(|reason| reason.weight)
        .collect()
}

#[test]
fn a_wrong_password_that_moves_with_its_program_speaks_for_a_person_and_many_passwords_or_programs_do_not()
 {
    let one = |_| "old".to_owned();
    let many = |n: u32| format!("guess-{n}");
    let program = |_| "Mail/1".to_owned();
    let programs = |n: u32| format!("Mail{}/1", "x".repeat(n as usize));
    let stale = weights_on_the_move(one, program);
    assert_eq!(stale.len(), 65);
    assert!(
        stale.iter().all(|weight| weight.0 < -LogOdds::NAT),
        "{stale:?}"
    );
    assert_eq!(weights_on_the_move(many, program), []);
    assert_eq!(weights_on_the_move(one, programs), []);
}

#[test]
fn an_outage_challenges_nobody_on_a_device_of_theirs_and_one_try_in_six_of_others_at_most() {
    let start_ms = KNOWN_FROM_MS + 9 * HOUR_MS;
    let mut tries = life(KNOWN_FROM_MS, start_ms + 4 * HOUR_MS);
    // Everybody tries, and tries again, and a tenth does so where they have never been.
    for n in 0..PEOPLE {
        for again in 0..6 {
            let mut retry = person(n)
                .failing(FailureReason::Other)
                .at(start_ms + i64::from(n) * 3_000 + i64::from(again) * 180_000);
            if n % 10 == 0 {
                retry.device = None;
                retry.ip = Ipv4Addr::from(0x4000_0000 + n * 4_099);
            }
            tries.push(retry);
        }
    }
    let story = Story::of(&tries);
    let in_it = |t: &Try| t.failed == Some(FailureReason::Other);
    let (_, at_home, _) = story.stopped(|t| in_it(t) && t.device.is_some());
    assert_eq!(at_home, 0);
    let (all, away, blocked) = story.stopped(|t| in_it(t) && t.device.is_none());
    // Who tries for the sixth time where nobody knows them is what an attack in an outage looks like.
    assert!(away * 6 <= all, "{away} of {all}");
    assert_eq!(blocked, 0);
    let (all, after, _) = story.stopped(|t| t.failed.is_none() && t.time_ms >= start_ms);
    assert!(
        after * 500 <= all,
        "{after} of {all} successes in and after it"
    );
}
