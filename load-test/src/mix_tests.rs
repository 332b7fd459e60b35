use super::*;
use credsieve_models::Attempt;
use credsieve_models::attempt::Outcome;
use std::collections::{BTreeMap, HashSet};

const MONDAY_MS: EpochMs = 1_767_571_200_000;

fn settings(seed: u64) -> Settings {
    Settings {
        seed,
        start_ms: MONDAY_MS,
        duration_ms: 86_400_000,
        people: 6_000,
        offices: 12,
        attack_percent: 40,
    }
}

/// The kinds of crowd of a mix with everything in it.
const HONEST: [&str; 27] = [
    "aggregator",
    "app_release",
    "cleared_cookies",
    "forced_change",
    "forgotten",
    "home",
    "home_ipv6",
    "home_renumbered",
    "household",
    "kiosk",
    "lab",
    "launch",
    "mobile",
    "monitor",
    "new_device",
    "no_device",
    "office",
    "outage",
    "relay",
    "reset_wave",
    "rush",
    "script",
    "signup",
    "stale_client",
    "travel",
    "typo",
    "vpn",
];

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| -> Vec<String> {
        Mix::of(settings(seed))
            .take(2_000)
            .map(|event| event.event_json)
            .collect()
    };
    assert_eq!(bytes(3), bytes(3));
    assert_ne!(bytes(3), bytes(4));
}

#[test]
fn events_come_in_the_order_of_time_each_with_an_id_of_its_own_and_whole() {
    let mut ids = HashSet::new();
    let mut last_ms = MONDAY_MS;
    for event in Mix::of(settings(1)).take(20_000) {
        assert!(event.time_ms >= last_ms);
        last_ms = event.time_ms;
        assert!(ids.insert(event.event_id.clone()));
        let attempt = Attempt::parse(event.event_json.as_bytes(), last_ms).unwrap();
        assert_eq!(*attempt.event_id, event.event_id);
        assert_eq!(attempt.time_ms, event.time_ms);
        assert_eq!(attempt.outcome, Some(event.outcome));
        assert_eq!(attempt.username.as_deref(), Some(&*event.username));
    }
}

#[test]
fn a_day_has_every_class_and_about_the_attack_asked_for() {
    let mut classes: BTreeMap<(bool, &str), u64> = BTreeMap::new();
    for event in Mix::of(settings(2)) {
        *classes.entry((event.attack, event.class)).or_default() += 1;
    }
    let honest: Vec<&str> = classes
        .keys()
        .filter(|(attack, _)| !attack)
        .map(|(_, class)| *class)
        .collect();
    assert_eq!(honest, HONEST);
    for kind in crate::attacks::Knobs::kinds() {
        assert!(classes.contains_key(&(true, kind)), "{kind}: {classes:?}");
    }
    let all: u64 = classes.values().sum();
    let attack: u64 = classes
        .iter()
        .filter(|((attack, _), _)| *attack)
        .map(|(_, n)| n)
        .sum();
    let share = attack * 100 / all;
    assert!(
        (34..=46).contains(&share),
        "{share} % of {all}: {classes:?}"
    );
}

#[test]
fn the_span_for_a_number_of_events_holds_about_that_many_at_any_hour_and_share() {
    for (events, attack_percent) in [(1_000, 0), (3_000, 40), (40_000, 40), (40_000, 90)] {
        let mut settings = Settings {
            attack_percent,
            ..settings(5)
        };
        settings.duration_ms = settings.duration_for(events);
        let made = Mix::of(settings).count() as u64;
        assert!(
            (events * 85 / 100..events * 115 / 100).contains(&made),
            "{made} of {events}"
        );
    }
}

#[test]
fn the_demonstration_shows_an_office_and_both_attacks_within_ten_seconds() {
    let mut mix = Mix::demo(1, MONDAY_MS);
    let mut classes: BTreeMap<&str, u64> = BTreeMap::new();
    while let Some(event) = mix.next_due(MONDAY_MS + 10_000) {
        *classes.entry(event.class).or_default() += 1;
    }
    let total: u64 = classes.values().sum();
    assert!((1_500..6_000).contains(&total), "{classes:?}");
    for class in ["home", "office", "mobile", "spray_one", "stuffing_proxies"] {
        assert!(
            classes.get(class).is_some_and(|count| *count > 40),
            "{class}: {classes:?}"
        );
    }
    assert!(
        mix.next_due(MONDAY_MS + 10_000).is_none(),
        "nothing is due before its time"
    );
    assert!(mix.next_due(MONDAY_MS + 11_000).is_some());
}

#[test]
fn an_event_told_its_time_has_that_time_and_no_other() {
    let mut mix = Mix::demo(1, MONDAY_MS);
    for now_ms in [1_000, 5_000, 5_001] {
        let event = mix.next_at(now_ms).unwrap();
        assert_eq!(event.time_ms, now_ms);
        let attempt = Attempt::parse(event.event_json.as_bytes(), now_ms).unwrap();
        assert_eq!(attempt.time_ms, now_ms);
    }
}

/// The single values that an event has, each as `field=value` without those that are an address or
/// an id, which no two events need share.
fn values(event: &Labelled) -> Vec<String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&event.event_json).unwrap();
    let mut values = Vec::new();
    for (field, value) in &object {
        values.push(format!("{field} is there"));
        if !matches!(
            &**field,
            "event_id" | "time" | "ip" | "username" | "device_id"
        ) {
            values.push(format!("{field}={value}"));
        }
    }
    for field in [
        "asn",
        "country",
        "device_id",
        "ja4",
        "mfa",
        "password_fingerprint",
        "failure_reason",
        "breached_password",
        "user_agent",
        "endpoint",
        "kind",
    ] {
        if !object.contains_key(field) {
            values.push(format!("{field} is not there"));
        }
    }
    let order: Vec<&str> = object.keys().map(String::as_str).collect();
    values.push(format!("fields {}", order.join(",")));
    values.push(format!("id begins with {}", &event.event_id[..1]));
    values.push(format!(
        "hundredths of the time {}",
        event.time_ms % 1_000 / 100
    ));
    values.push(format!("milliseconds are even {}", event.time_ms % 2));
    values.push(format!("name has an at {}", event.username.contains('@')));
    values.push(format!("name has a dot {}", event.username.contains('.')));
    values.push(format!("name of {} characters", event.username.len()));
    values.push(format!(
        "ipv6 {}",
        object["ip"].as_str().unwrap().contains(':')
    ));
    values
}

#[test]
fn no_single_value_tells_the_attack_from_the_people() {
    let mut seen: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut totals = (0, 0);
    for event in Mix::of(settings(6)) {
        let add = |(attack, honest): &mut (u64, u64)| {
            *attack += u64::from(event.attack);
            *honest += u64::from(!event.attack);
        };
        add(&mut totals);
        for value in values(&event) {
            add(seen.entry(value).or_default());
        }
    }
    let (all_attack, all_honest) = totals;
    for (value, (attack, honest)) in seen {
        let precise = attack * 100 >= (attack + honest) * 98;
        let broad = attack * 5 >= all_attack;
        assert!(
            !(precise && broad),
            "`{value}` gives attacks away: {attack} against {honest}"
        );
        let precise = honest * 1_000 >= (attack + honest) * 995;
        let broad = honest * 5 >= all_honest;
        // A passed second factor is what a thief does not have.
        let earned = value == "mfa=\"passed\"" || value == "mfa is there";
        assert!(
            earned || !(precise && broad),
            "`{value}` acquits: {honest} against {attack}"
        );
    }
}

#[test]
fn an_office_of_hundreds_stands_behind_one_address_and_wide_stuffing_tries_little_from_each() {
    let mut people: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    let mut tries: BTreeMap<String, u64> = BTreeMap::new();
    let crowd = Settings {
        people: 20_000,
        ..settings(7)
    };
    for event in Mix::of(crowd) {
        let object: serde_json::Value = serde_json::from_str(&event.event_json).unwrap();
        let ip = object["ip"].as_str().unwrap().to_owned();
        match event.class {
            "office" => {
                people.entry(ip).or_default().insert(event.username);
            }
            "stuffing_proxies" => *tries.entry(ip).or_default() += 1,
            _ => {}
        }
    }
    assert!(people.values().any(|names| names.len() > 300));
    let few = tries.values().filter(|count| **count <= 3).count();
    assert!(
        few * 10 > tries.len() * 9 && tries.len() > 3_000,
        "{few} of {}",
        tries.len()
    );
}

#[test]
fn some_of_the_stuffing_succeeds_and_thieves_come() {
    let successes = |class| {
        Mix::of(settings(8))
            .filter(|event| event.class == class && event.outcome == Outcome::Success)
            .count()
    };
    assert!(successes("stuffing_proxies") > 5);
    assert!(successes("takeover") > 5);
}

#[test]
fn the_first_events_of_a_seed_are_these_bytes_for_ever() {
    let lines: String = Mix::of(settings(1))
        .take(3_000)
        .map(|event| event.event_json)
        .collect();
    let digest = lines
        .bytes()
        .fold(0, |digest, byte| hash(digest, 0, u64::from(byte)));
    assert_eq!(
        digest, 8_366_779_694_844_830_413,
        "a change of the traffic makes every published figure another one"
    );
}
