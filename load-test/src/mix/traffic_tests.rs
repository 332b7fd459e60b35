//! What the traffic of a mix file is like: its crowds, its rhythm, its memory.

use super::*;
use std::collections::{BTreeMap, HashMap, HashSet};

type Events = Vec<(Labelled, serde_json::Value)>;

/// The default mix with a part of its people.
fn default_mix(people: u32) -> MixFile {
    let mut file = MixFile::standard();
    file.size.people = people;
    file
}

fn events(file: &MixFile, seed: u64) -> Events {
    Mix::from_file(file, seed)
        .unwrap()
        .map(|event| {
            let json = serde_json::from_str(&event.event_json).unwrap();
            (event, json)
        })
        .collect()
}

fn text<'a>(json: &'a serde_json::Value, field: &str) -> Option<&'a str> {
    json[field].as_str()
}

#[test]
fn a_mix_file_and_a_seed_are_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| -> Vec<String> {
        Mix::from_file(&default_mix(2_000), seed)
            .unwrap()
            .take(2_000)
            .map(|event| event.event_json)
            .collect()
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn few_plans_wait_however_long_the_traffic_and_however_many_the_people() {
    for (people, take) in [(2_000, 100_000), (5_000_000, 100_000)] {
        let file = default_mix(people);
        let mut mix = Mix::from_file(&file, 3).unwrap();
        let mut most = 0;
        for _ in 0..take {
            if mix.next().is_none() {
                break;
            }
            most = most.max(mix.waiting());
        }
        // The more there is at once, the more has begun: minutes of it.
        assert!(
            most < 3_000 + people as usize / 200,
            "{most} plans of {people} people wait"
        );
    }
}

#[test]
fn each_crowd_is_there_in_plausible_numbers() {
    let file = default_mix(8_000);
    let events = events(&file, 4);
    let mut classes: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    for (event, _) in events.iter().filter(|(event, _)| !event.attack) {
        let (all, tries, successes) = classes.entry(event.class).or_default();
        *all += 1;
        let enters = matches!(
            event.kind,
            credsieve_models::attempt::Kind::Login | credsieve_models::attempt::Kind::Token
        );
        *tries += u64::from(enters);
        *successes += u64::from(enters && event.outcome == Outcome::Success);
    }
    let all: u64 = classes.values().map(|(all, _, _)| all).sum();
    let share = |class: &str| classes[class].0 * 10_000 / all;
    let successes = |class: &str| classes[class].2 * 100 / classes[class].1.max(1);
    // Classes with their share in hundredths of a percent and their successes in percent.
    for (class, low, high, least, most) in [
        ("home", 500, 1_600, 97, 100),
        ("home_ipv6", 800, 2_200, 97, 100),
        ("home_renumbered", 400, 1_400, 97, 100),
        ("household", 400, 1_400, 97, 100),
        ("mobile", 900, 2_200, 96, 100),
        ("office", 400, 1_500, 96, 100),
        ("vpn", 150, 500, 82, 97),
        ("relay", 60, 300, 82, 98),
        ("travel", 100, 400, 82, 98),
        ("typo", 400, 1_000, 30, 55),
        ("forgotten", 80, 300, 8, 30),
        ("new_device", 15, 150, 85, 100),
        ("cleared_cookies", 10, 120, 90, 100),
        ("no_device", 300, 900, 97, 100),
        ("script", 60, 250, 75, 98),
        ("signup", 20, 100, 85, 100),
        ("rush", 8, 60, 85, 100),
        ("launch", 15, 200, 80, 100),
        ("aggregator", 200, 700, 90, 99),
        ("monitor", 200, 1_500, 98, 100),
        ("stale_client", 50, 500, 0, 0),
        ("lab", 20, 150, 80, 99),
        ("kiosk", 60, 300, 80, 99),
        ("forced_change", 30, 200, 45, 80),
        ("outage", 30, 400, 3, 45),
        ("app_release", 80, 400, 85, 99),
        ("reset_wave", 50, 250, 60, 90),
    ] {
        let (share, successes) = (share(class), successes(class));
        assert!((low..=high).contains(&share), "{class}: {share} of 10,000");
        assert!(
            (least..=most).contains(&successes),
            "{class}: {successes} %"
        );
    }
    let machines = ["monitor", "aggregator", "stale_client"];
    let people = |part: fn(&(u64, u64, u64)) -> u64| -> u64 {
        let mine = classes
            .iter()
            .filter(|(class, _)| !machines.contains(class));
        mine.map(|(_, counts)| part(counts)).sum()
    };
    let rate = people(|counts| counts.2) * 100 / people(|counts| counts.1);
    assert!(
        (88..=97).contains(&rate),
        "people get in {rate} % of the time"
    );
}

#[test]
fn people_fail_for_reasons_and_some_with_popular_passwords() {
    let events = events(&default_mix(8_000), 5);
    let popular: HashSet<String> = (0..20)
        .map(|rank| format!("{:016x}", crate::people::popular_password(rank)))
        .collect();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let mut with_popular = 0;
    for (event, json) in events.iter().filter(|(event, _)| !event.attack) {
        let failed = event.outcome == Outcome::Failure;
        assert_eq!(failed, text(json, "failure_reason").is_some());
        if let Some(reason) = text(json, "failure_reason") {
            *reasons.entry(reason).or_default() += 1;
            let typed = text(json, "password_fingerprint");
            with_popular += u64::from(typed.is_some_and(|typed| popular.contains(typed)));
        }
    }
    for reason in [
        "bad_password",
        "unknown_user",
        "bad_mfa",
        "locked",
        "expired",
        "other",
    ] {
        assert!(
            reasons.get(reason).is_some_and(|count| *count > 20),
            "{reasons:?}"
        );
    }
    assert!(with_popular > 20, "{with_popular}");
}

#[test]
fn a_person_keeps_devices_providers_and_agents() {
    let events = events(&default_mix(4_000), 6);
    let mut of: HashMap<&str, [HashSet<&str>; 3]> = HashMap::new();
    let mut logins: HashMap<&str, u64> = HashMap::new();
    let ordinary = [
        "home",
        "home_ipv6",
        "home_renumbered",
        "household",
        "mobile",
        "office",
    ];
    for (event, json) in &events {
        if event.attack || !ordinary.contains(&event.class) {
            continue;
        }
        *logins.entry(&event.username).or_default() += 1;
        let sets = of.entry(&event.username).or_default();
        for (set, field) in sets.iter_mut().zip(["device_id", "country", "user_agent"]) {
            set.extend(text(json, field));
        }
    }
    let often: Vec<&str> = logins
        .iter()
        .filter(|(_, count)| **count >= 10)
        .map(|(name, _)| *name)
        .collect();
    assert!(often.len() > 200);
    for (which, most, at_most) in [(0, 6, 95), (1, 1, 90), (2, 6, 95)] {
        let within = often
            .iter()
            .filter(|name| of[**name][which].len() <= most)
            .count();
        assert!(
            within * 100 >= often.len() * at_most,
            "{within} of {} have at most {most} of number {which}",
            often.len()
        );
    }
}

#[test]
fn some_come_ten_times_a_day_and_many_once_a_month() {
    let people = People::ordinary(1, 10_000);
    let rates: Vec<u64> = (0..10_000)
        .map(|person| people.visits_per_day(person))
        .collect();
    assert!(rates[0] > 900, "{}", rates[0]);
    assert!(rates.iter().filter(|rate| **rate <= 6).count() >= 2_000);
    assert!(rates.is_sorted_by(|more, less| more >= less));
}

#[test]
fn nights_and_weekends_are_quieter_than_working_days() {
    let mut file = default_mix(4_000);
    file.size.days = 7;
    file.size.attack_share = Percent::new(0);
    let mut days = [0u64; 7];
    let mut hours = [0u64; 24];
    let at_home = [
        "home",
        "home_ipv6",
        "home_renumbered",
        "household",
        "mobile",
        "office",
    ];
    for event in Mix::from_file(&file, 7).unwrap() {
        if at_home.contains(&event.class) {
            let hour = (event.time_ms - A_MONDAY_MS) / 3_600_000;
            days[usize::try_from(hour / 24).unwrap()] += 1;
            hours[usize::try_from(hour % 24).unwrap()] += 1;
        }
    }
    assert!(
        days[5] * 100 < days[1] * 90 && days[6] * 100 < days[2] * 90,
        "{days:?}"
    );
    assert!(hours[2] * 3 < hours[17], "{hours:?}");
}

#[test]
fn an_outage_fails_everybody_for_its_quarter_of_an_hour() {
    let file = default_mix(8_000);
    let outage = &file.crowds.outage;
    let from_ms = file.size.start.0 + i64::try_from(outage.start.in_us() / 1_000).unwrap();
    let until_ms = from_ms + i64::try_from(outage.duration.in_us() / 1_000).unwrap();
    let mut within = 0;
    for (event, json) in events(&file, 8) {
        if (from_ms..until_ms).contains(&event.time_ms) {
            assert_eq!(
                text(&json, "failure_reason"),
                Some("other"),
                "{}",
                event.event_json
            );
            within += 1;
        } else {
            assert!(event.attack || event.class != "outage" || event.time_ms >= until_ms);
        }
    }
    assert!(within > 100, "{within}");
}

#[test]
fn a_release_changes_the_agent_of_every_app_within_hours() {
    let file = default_mix(8_000);
    let release = &file.crowds.app_release;
    let from_ms = file.size.start.0 + i64::try_from(release.start.in_us() / 1_000).unwrap();
    let until_ms = from_ms + i64::try_from(release.duration.in_us() / 1_000).unwrap();
    let (mut before, mut after) = (HashSet::new(), HashSet::new());
    for (event, json) in events(&file, 9) {
        let agent = text(&json, "user_agent").unwrap_or_default();
        let version = agent
            .strip_prefix("HarbourApp/")
            .and_then(|rest| rest.split(' ').next());
        if let Some(version) = version {
            if event.time_ms < from_ms {
                before.insert(version.to_owned());
            } else if event.time_ms >= until_ms {
                after.insert(version.to_owned());
            }
        }
    }
    assert!(
        before.len() > 1 && after.is_disjoint(&before),
        "{before:?} {after:?}"
    );
}

#[test]
fn attacks_run_on_every_day_the_first_too() {
    let mut days = [0u64; 4];
    for event in Mix::from_file(&default_mix(3_000), 10).unwrap() {
        let day = (event.time_ms - A_MONDAY_MS) / 86_400_000;
        days[usize::try_from(day).unwrap()] += u64::from(event.attack);
    }
    assert!(days.iter().all(|count| *count > 300), "{days:?}");
}

#[test]
fn history_counts_the_logins_of_a_user_and_nobody_elses() {
    let mut seen: HashMap<String, u8> = HashMap::new();
    for event in Mix::from_file(&default_mix(1_000), 11).unwrap() {
        if event.class == "monitor" {
            continue;
        }
        let count = seen.entry(event.username.clone()).or_default();
        let enters = matches!(
            event.kind,
            credsieve_models::attempt::Kind::Login | credsieve_models::attempt::Kind::Token
        );
        // A name that nobody has has no history.
        if event.history > 0 {
            assert_eq!(event.history, *count, "{}", event.event_json);
        }
        if !event.attack && enters && event.outcome == Outcome::Success {
            *count = count.saturating_add(1);
        }
    }
    assert!(seen.values().any(|count| *count > 20));
}

#[test]
fn a_shorter_span_holds_the_whole_schedule() {
    let file = default_mix(3_000);
    let classes: HashSet<&str> = Mix::over(&file, 12, 12 * HOUR)
        .unwrap()
        .map(|event| event.class)
        .collect();
    for class in [
        "outage",
        "reset_wave",
        "forced_change",
        "launch",
        "spray_many",
    ] {
        assert!(classes.contains(class), "{class}: {classes:?}");
    }
}
