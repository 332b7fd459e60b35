use super::*;
use crate::names::Name;
use crate::plan::Plan;
use credsieve_models::attempt::{FailureReason, Kind};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

fn people() -> People {
    People::ordinary(5, 4_000)
}

fn knobs(table: &str) -> Knobs {
    serde_json::from_str(table).unwrap()
}

/// What that many strikes with that mean gap make, in the order of time.
fn run(knobs: &Knobs, seed: u64, strikes: u32, gap_us: u64) -> Vec<Plan> {
    let people = people();
    let target = Target { people: &people };
    let mut attack = Attack::new(knobs, seed);
    let mut rng = Rng::new(seed);
    let (mut at_us, mut plans) = (0, Vec::new());
    for _ in 0..strikes {
        at_us += rng.gap(gap_us);
        attack.strike(&target, &mut rng, at_us, &mut plans);
    }
    plans.sort_by_key(|plan| plan.at_us);
    plans
}

/// Those of the class itself, without the thieves.
fn of_class(kind: &str, strikes: u32, gap_us: u64) -> Vec<Plan> {
    let knobs = Knobs::of(kind).unwrap();
    let mut plans = run(&knobs, 3, strikes, gap_us);
    plans.retain(|plan| plan.label.class == kind);
    plans
}

fn by_address(plans: &[Plan]) -> HashMap<IpAddr, Vec<&Plan>> {
    let mut addresses: HashMap<IpAddr, Vec<&Plan>> = HashMap::new();
    for plan in plans {
        addresses
            .entry(plan.client.place.ip)
            .or_default()
            .push(plan);
    }
    addresses
}

fn text(name: Name) -> String {
    let mut out = String::new();
    name.write(&mut out);
    out
}

fn person(name: Name) -> Option<u32> {
    match name {
        Name::Of(number) if number < people().count => Some(number),
        _ => None,
    }
}

/// Parts of a hundred.
fn percent(part: usize, of: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let share = part as f64 * 100.0 / of as f64;
    share
}

/// The most events in any window of that length.
fn most_in(times: &[u64], window_us: u64) -> usize {
    (0..times.len())
        .map(|first| {
            let end = times[first] + window_us;
            times[first..].iter().take_while(|at| **at < end).count()
        })
        .max()
        .unwrap_or(0)
}

#[test]
fn every_class_says_its_name_makes_what_it_announces_and_does_the_same_again() {
    for kind in Knobs::kinds() {
        let knobs = Knobs::of(kind).unwrap();
        let plans = run(&knobs, 9, 1_000, 5 * MINUTE);
        let again = run(&knobs, 9, 1_000, 5 * MINUTE);
        assert_eq!(format!("{plans:?}"), format!("{again:?}"), "{kind}");
        let other = run(&knobs, 10, 1_000, 5 * MINUTE);
        assert_ne!(format!("{plans:?}"), format!("{other:?}"), "{kind}");
        assert!(plans.iter().all(|plan| plan.label.attack), "{kind}");
        let classes: BTreeSet<&str> = plans.iter().map(|plan| plan.label.class).collect();
        assert!(classes.contains(kind), "{kind}: {classes:?}");
        assert!(
            classes
                .iter()
                .all(|class| [kind, "takeover"].contains(class)),
            "{kind}: {classes:?}"
        );
        let announced = Attack::new(&knobs, 9).attempts_a_strike();
        let own = plans.iter().filter(|plan| plan.label.class == kind);
        let made = own.count() as u64;
        assert!(
            made.abs_diff(announced) * 8 < announced,
            "{kind}: {made} for a thousand strikes, not {announced}"
        );
    }
}

#[test]
fn a_list_has_the_accounts_and_the_right_passwords_that_it_should_each_tried_once_or_twice() {
    let plans = of_class("stuffing_proxies", 40_000, SECOND);
    let mut tries: HashMap<(String, u64), usize> = HashMap::new();
    let (mut known, mut right) = (0, 0);
    for plan in &plans {
        *tries
            .entry((text(plan.name), plan.fingerprint))
            .or_default() += 1;
        known += usize::from(person(plan.name).is_some());
        let good = matches!(plan.failure, None | Some(FailureReason::BadMfa));
        right += usize::from(good);
        assert_eq!(
            person(plan.name).is_none(),
            plan.failure == Some(FailureReason::UnknownUser)
        );
    }
    let known_share = percent(known, plans.len());
    assert!((20.0..40.0).contains(&known_share), "{known_share}");
    let right_share = percent(right, known);
    assert!((0.5..2.0).contains(&right_share), "{right_share}");
    let wrong = tries.iter().filter(|((_, print), _)| *print != 0);
    let twice = wrong.clone().filter(|(_, count)| **count == 2).count();
    assert!(wrong.clone().all(|(_, count)| *count <= 2));
    let twice_share = percent(twice, tries.len());
    assert!((3.0..7.0).contains(&twice_share), "{twice_share}");
}

#[test]
fn proxies_are_thousands_of_addresses_of_all_networks_with_three_tries_at_most() {
    let plans = of_class("stuffing_proxies", 12_000, SECOND);
    let addresses = by_address(&plans);
    assert!(addresses.len() > 3_000, "{}", addresses.len());
    let few = addresses.values().filter(|tries| tries.len() <= 3).count();
    assert!(
        few * 100 > addresses.len() * 90,
        "{few} of {}",
        addresses.len()
    );
    let networks: HashSet<u32> = plans.iter().map(|plan| plan.client.place.asn).collect();
    assert!(networks.len() > 15, "{networks:?}");
    // Some stand in people's own homes, as malware does.
    let people = people();
    let homes: HashSet<IpAddr> = (0..people.count)
        .map(|person| people.home(person, 0).ip)
        .collect();
    let shared = addresses.keys().filter(|ip| homes.contains(ip)).count();
    assert!(shared > 200, "{shared}");
}

#[test]
fn loud_stuffing_comes_from_few_addresses_and_slow_stuffing_leaves_each_long_pauses() {
    assert!(by_address(&of_class("stuffing_loud", 3_000, SECOND)).len() <= 6);

    let knobs = knobs(
        r#"{"kind": "stuffing_slow", "carriers": 0, "infected": 0, "hosting": 0, "neighbours": 1}"#,
    );
    let plans = run(&knobs, 4, 6_000, 20 * SECOND);
    let last_us = plans.last().unwrap().at_us;
    assert!(last_us > 30 * HOUR, "it lasts for more than a day");
    let mut long = 0;
    for tries in by_address(&plans).values().filter(|tries| tries.len() > 1) {
        for pair in tries.windows(2) {
            let pause = pair[1].at_us - pair[0].at_us;
            assert!(
                pair[0].label.class != "stuffing_slow" || pause >= 30 * MINUTE,
                "{pause}"
            );
        }
        long += usize::from(tries.last().unwrap().at_us - tries[0].at_us > 12 * HOUR);
    }
    assert!(long > 10, "{long} addresses try for half a day");
}

#[test]
fn rotation_shows_another_program_and_device_with_every_try() {
    let plans = of_class("stuffing_rotating", 2_000, SECOND);
    let devices: Vec<u64> = plans.iter().filter_map(|plan| plan.client.device).collect();
    let distinct: HashSet<u64> = devices.iter().copied().collect();
    assert_eq!(distinct.len(), devices.len());
    let addresses = by_address(&plans);
    let several = addresses.values().filter(|tries| tries.len() > 1);
    let changed = several.clone().filter(|tries| {
        tries
            .windows(2)
            .any(|pair| pair[0].client.agent != pair[1].client.agent)
    });
    assert!(percent(changed.count(), several.count()) > 85.0);
}

#[test]
fn a_spray_tries_one_password_over_all_its_users_before_the_next() {
    let one = of_class("spray_one", 900, 4 * SECOND);
    assert_eq!(by_address(&one).len(), 1);
    for round in one[..800].chunks(400) {
        let wrong: HashSet<u64> = round
            .iter()
            .map(|plan| plan.fingerprint)
            .filter(|p| *p != 0)
            .collect();
        assert_eq!(wrong.len(), 1);
        let users: HashSet<String> = round.iter().map(|plan| text(plan.name)).collect();
        assert!(users.len() > 370, "{}", users.len());
    }
    let users =
        |round: &[Plan]| -> Vec<String> { round.iter().map(|plan| text(plan.name)).collect() };
    assert_eq!(users(&one[..400]), users(&one[400..800]));

    let many = of_class("spray_many", 3_000, SECOND);
    assert!(by_address(&many).len() > 400);
    let passwords: HashSet<u64> = many.iter().map(|plan| plan.fingerprint).collect();
    assert!(passwords.len() <= 2);
}

#[test]
fn brute_force_tries_one_user_from_one_address_or_from_many() {
    let mut victims: HashMap<String, Vec<&Plan>> = HashMap::new();
    let single = of_class("brute_force", 1_500, SECOND);
    for plan in &single {
        victims.entry(text(plan.name)).or_default().push(plan);
    }
    assert_eq!(victims.len(), 10);
    for tries in victims.values() {
        let places: HashSet<IpAddr> = tries.iter().map(|plan| plan.client.place.ip).collect();
        assert_eq!((tries.len(), places.len()), (150, 1));
    }
    let distributed = of_class("brute_force_distributed", 500, SECOND);
    let victims: HashSet<String> = distributed.iter().map(|plan| text(plan.name)).collect();
    assert_eq!(victims.len(), 2);
    assert!(by_address(&distributed).len() > 150);
}

#[test]
fn a_lockout_fails_on_the_same_known_names_for_days() {
    let plans = of_class("lockout", 6_000, 40 * SECOND);
    let mut victims: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for plan in &plans {
        let victim = person(plan.name).expect("a name that is known");
        victims.entry(victim).or_default().push(plan.at_us);
        assert!(plan.failure.is_some());
    }
    assert!((7..=8).contains(&victims.len()));
    for times in victims.values() {
        assert!(times.last().unwrap() - times[0] > 48 * HOUR);
        assert!(most_in(times, HOUR) >= 10);
    }
    let locked = plans
        .iter()
        .filter(|plan| plan.failure == Some(FailureReason::Locked));
    assert!(percent(locked.count(), plans.len()) > 10.0);
}

#[test]
fn enumeration_asks_the_login_or_the_lookup_in_each_of_four_orders() {
    let login = of_class("enumeration_login", 2_000, SECOND);
    assert!(
        login
            .iter()
            .all(|plan| plan.kind == Kind::Login && plan.failure.is_some())
    );
    let names: HashSet<String> = login.iter().map(|plan| text(plan.name)).collect();
    assert!(names.len() > 1_950, "a dictionary has each name once");

    let lookups = |walk: &str, least: f64| -> Vec<String> {
        let table = format!(r#"{{"kind": "enumeration_lookup", "walk": "{walk}"}}"#);
        let plans = run(&knobs(&table), 2, 2_000, SECOND);
        assert!(plans.iter().all(|plan| plan.kind == Kind::Lookup));
        let found = plans.iter().filter(|plan| plan.failure.is_none()).count();
        let found = percent(found, plans.len());
        assert!((least..40.0).contains(&found), "{walk}: {found}");
        plans.iter().map(|plan| text(plan.name)).collect()
    };
    let rising = |names: &[String]| names.windows(2).filter(|pair| pair[0] <= pair[1]).count();
    assert!(rising(&lookups("alphabet", 20.0)) > 1_900);
    assert!((900..1_100).contains(&rising(&lookups("dictionary", 20.0))));
    let random = lookups("random", 20.0);
    let distinct: HashSet<&String> = random.iter().collect();
    assert!(
        distinct.len() < random.len(),
        "probing at random repeats itself"
    );
    let ranges = lookups("ranges", 0.1);
    let stem = |name: &str| {
        let local = name.split('@').next().unwrap();
        local
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    let stems: HashSet<String> = ranges.iter().map(|name| stem(name)).collect();
    assert!((45..=50).contains(&stems.len()), "{}", stems.len());
}

#[test]
fn a_part_of_the_fake_accounts_logs_in_later_and_some_come_from_a_farm() {
    let plans = of_class("fake_signup", 3_000, 2 * SECOND);
    let made: HashMap<String, u64> = plans
        .iter()
        .filter(|plan| plan.kind == Kind::Signup && plan.failure.is_none())
        .map(|plan| (text(plan.name), plan.at_us))
        .collect();
    let used: Vec<&Plan> = plans
        .iter()
        .filter(|plan| plan.kind == Kind::Login)
        .collect();
    assert!((20.0..30.0).contains(&percent(used.len(), made.len())));
    for login in used {
        assert!(made[&text(login.name)] + 2 * MINUTE <= login.at_us);
    }
    let mut devices: HashMap<u64, usize> = HashMap::new();
    for plan in &plans {
        if let Some(device) = plan.client.device {
            *devices.entry(device).or_default() += 1;
        }
    }
    let farm = devices.values().filter(|count| **count > 10).count();
    assert!((20..=25).contains(&farm), "{farm}");
    assert!(devices.len() > 500);
}

#[test]
fn hopping_stays_inside_its_prefix_and_uses_all_of_it() {
    for (hop, kept, free) in [
        ("inside_64", 64, 60),
        ("inside_56", 56, 52),
        ("inside_48", 48, 44),
    ] {
        let table =
            format!(r#"{{"kind": "ipv6_hopping", "hop": "{hop}", "addresses": 1, "at_once": 1}}"#);
        let plans = run(&knobs(&table), 6, 400, SECOND);
        let mut prefixes: HashSet<u128> = HashSet::new();
        let mut inner: HashSet<u128> = HashSet::new();
        let mut all: HashSet<IpAddr> = HashSet::new();
        for plan in plans
            .iter()
            .filter(|plan| plan.label.class == "ipv6_hopping")
        {
            let IpAddr::V6(ip) = plan.client.place.ip else {
                panic!("{:?}", plan.client.place);
            };
            prefixes.insert(ip.to_bits() >> (128 - kept));
            inner.insert(ip.to_bits() >> (128 - kept - 4));
            all.insert(plan.client.place.ip);
        }
        assert_eq!(prefixes.len(), 1, "{hop}");
        assert_eq!(
            inner.len(),
            16,
            "{hop}: the next four bits below /{kept}, above /{free}"
        );
        assert!(all.len() > 390, "{hop}");
    }
    let across = run(
        &knobs(r#"{"kind": "ipv6_hopping", "hop": "across"}"#),
        6,
        400,
        SECOND,
    );
    let prefixes: HashSet<u128> = across
        .iter()
        .filter_map(|plan| match plan.client.place.ip {
            IpAddr::V6(ip) => Some(ip.to_bits() >> 80),
            IpAddr::V4(_) => None,
        })
        .collect();
    assert!(prefixes.len() > 300);
}

#[test]
fn a_paced_attack_stays_just_under_the_published_limits() {
    // Addresses that it shares with nobody, so that what is counted is its own pace.
    let knobs =
        knobs(r#"{"kind": "paced", "carriers": 0, "infected": 0, "hosting": 0, "neighbours": 1}"#);
    let plans = run(&knobs, 8, 20_000, SECOND / 2);
    let mut close = 0;
    for tries in by_address(&plans).values() {
        let own: Vec<&&Plan> = tries
            .iter()
            .filter(|plan| plan.label.class == "paced")
            .collect();
        let times: Vec<u64> = own.iter().map(|plan| plan.at_us).collect();
        let in_10 = most_in(&times, 10 * MINUTE);
        assert!(in_10 < 10, "{in_10} attempts in ten minutes");
        assert!(
            most_in(&times, 15 * MINUTE) < 15,
            "users and attempts in fifteen"
        );
        close += usize::from(in_10 >= 8);
    }
    assert!(close > 100, "some are just under the limit: {close}");
    let mut users: HashMap<String, Vec<&Plan>> = HashMap::new();
    for plan in plans.iter().filter(|plan| plan.label.class == "paced") {
        users.entry(text(plan.name)).or_default().push(plan);
    }
    for tries in users.values() {
        let times: Vec<u64> = tries.iter().map(|plan| plan.at_us).collect();
        assert!(most_in(&times, 30 * MINUTE) < 5, "addresses a user");
    }
}

#[test]
fn what_looks_like_a_browser_looks_up_first_waits_and_keeps_its_cookie() {
    let plans = of_class("browser_like", 2_000, 5 * SECOND);
    let mut asked: HashMap<String, u64> = HashMap::new();
    let mut logins = 0;
    for plan in &plans {
        match plan.kind {
            Kind::Lookup => {
                asked.insert(text(plan.name), plan.at_us);
            }
            Kind::Login => {
                logins += 1;
                let before = plan.at_us - asked[&text(plan.name)];
                assert!(before >= 4 * SECOND, "{before}");
            }
            kind => panic!("{kind:?}"),
        }
    }
    assert!(logins > 1_900);
    let mut devices: HashMap<u64, HashSet<IpAddr>> = HashMap::new();
    for plan in &plans {
        if let Some(device) = plan.client.device {
            devices
                .entry(device)
                .or_default()
                .insert(plan.client.place.ip);
        }
    }
    assert!(devices.values().all(|places| places.len() <= 2));
    assert!(devices.len() * 4 < plans.len());
}

#[test]
fn laundering_logs_in_with_its_own_accounts_before_it_stuffs_from_the_same_device() {
    let knobs = knobs(
        r#"{"kind": "laundering", "carriers": 0, "hosting": 0, "infected": 0, "own_meanwhile": 0}"#,
    );
    let plans = run(&knobs, 2, 4_000, 20 * SECOND);
    let mut whole = 0;
    for tries in by_address(&plans).values() {
        let own: Vec<&&Plan> = tries
            .iter()
            .filter(|plan| plan.label.class == "laundering")
            .collect();
        let first = own.iter().take_while(|plan| plan.label.undecidable).count();
        if own.len() < 12 || first == 0 {
            continue;
        }
        whole += 1;
        assert!(first >= 4);
        assert!(own[..first].iter().all(|plan| plan.failure.is_none()));
        assert!(own[first..].iter().all(|plan| !plan.label.undecidable));
        let devices: HashSet<u64> = own.iter().filter_map(|plan| plan.client.device).collect();
        assert_eq!(devices.len(), 1);
    }
    assert!(whole > 100, "{whole}");
    let accounts: HashSet<String> = plans
        .iter()
        .filter(|plan| plan.label.undecidable)
        .map(|plan| text(plan.name))
        .collect();
    assert!((60..=80).contains(&accounts.len()), "{}", accounts.len());
}

#[test]
fn poisoning_comes_again_for_days_always_on_the_same_device() {
    let plans = of_class("poisoning", 3_000, 3 * MINUTE);
    let mut victims: HashMap<String, Vec<&Plan>> = HashMap::new();
    for plan in &plans {
        victims.entry(text(plan.name)).or_default().push(plan);
    }
    let mut long = 0;
    for visits in victims.values() {
        let entered: Vec<&&Plan> = visits
            .iter()
            .filter(|plan| plan.failure.is_none())
            .collect();
        let devices: HashSet<Option<u64>> = entered.iter().map(|plan| plan.client.device).collect();
        if devices.len() == 1 && entered.len() >= 4 {
            long += usize::from(entered.last().unwrap().at_us - entered[0].at_us > 24 * HOUR);
        }
        assert!(
            visits[0].failure.is_some(),
            "the list had wrong passwords first"
        );
    }
    assert!(long * 5 > victims.len() * 2, "{long} of {}", victims.len());
}

#[test]
fn tokens_alone_on_their_owners_tool_are_undecidable_and_the_others_share_places() {
    let plans = of_class("token_replay", 2_000, 10 * SECOND);
    assert!(plans.iter().all(|plan| plan.kind == Kind::Token));
    let alone = plans.iter().filter(|plan| plan.label.undecidable).count();
    assert!((15.0..33.0).contains(&percent(alone, plans.len())));
    let people = people();
    let target = Target { people: &people };
    let mut own = 0;
    for plan in plans.iter().filter(|plan| plan.label.undecidable) {
        if let Some(owner) = target.app_of(person(plan.name).unwrap(), plan.at_us) {
            let same = (plan.client.agent, plan.client.device) == (owner.agent, owner.device);
            own += usize::from(same);
            assert_ne!(plan.client.place.ip, owner.place.ip);
        }
    }
    assert!(percent(own, alone) > 90.0, "{own} of {alone}");
    let told: Vec<Plan> = plans
        .into_iter()
        .filter(|plan| !plan.label.undecidable)
        .collect();
    let addresses = by_address(&told);
    let shared: usize = addresses
        .values()
        .filter(|tokens| tokens.len() >= 30)
        .map(Vec::len)
        .sum();
    assert!(percent(shared, told.len()) > 75.0);
}

#[test]
fn a_targeted_thief_sits_near_the_victim_with_the_victims_program_and_mostly_gets_in() {
    let plans = of_class("takeover_targeted", 1_000, 30 * SECOND);
    let people = people();
    let (mut near, mut copied) = (0, 0);
    for plan in &plans {
        let victim = person(plan.name).unwrap();
        let usual = people.usual_client(victim, plan.at_us);
        near += usize::from(people.home(victim, plan.at_us).asn == plan.client.place.asn);
        copied += usize::from(usual.agent == plan.client.agent);
        assert!(plan.client.device.is_none() || plan.client.device != usual.device);
    }
    assert!(percent(near, plans.len()) > 80.0);
    assert!(percent(copied, plans.len()) > 80.0);
    let entered = plans.iter().filter(|plan| plan.failure.is_none()).count();
    assert!(percent(entered, plans.len()) > 60.0);
}

#[test]
fn a_thief_comes_later_from_elsewhere_for_a_part_of_the_accounts_that_fell() {
    let knobs = knobs(r#"{"kind": "stuffing_proxies", "known": 100, "right": 20}"#);
    let plans = run(&knobs, 3, 10_000, SECOND);
    let mut found: HashMap<String, &Plan> = HashMap::new();
    let mut robbed: HashSet<String> = HashSet::new();
    let mut elsewhere = 0;
    for plan in plans.iter().filter(|plan| plan.failure.is_none()) {
        let name = text(plan.name);
        if plan.label.class == "takeover" {
            let first = found[&name];
            assert!(plan.at_us >= first.at_us + 4 * MINUTE);
            elsewhere += usize::from(plan.client.place.asn != first.client.place.asn);
            robbed.insert(name);
        } else {
            found.entry(name).or_insert(plan);
        }
    }
    assert!((45.0..75.0).contains(&percent(robbed.len(), found.len())));
    assert!(percent(elsewhere, robbed.len()) > 80.0);
}

#[test]
fn the_default_mix_and_the_large_one_run_every_kind_before_they_end() {
    for name in ["default", "large"] {
        let file = crate::mix::MixFile::read(std::path::Path::new(name)).unwrap();
        let end_us = file.size.days * 24 * HOUR;
        let inside = file
            .attacks
            .iter()
            .filter(|entry| entry.start.in_us() + entry.duration.in_us() <= end_us);
        let kinds: BTreeSet<&str> = inside.map(|entry| entry.kind.as_str()).collect();
        let all: BTreeSet<&str> = Knobs::kinds().collect();
        assert_eq!(kinds, all, "{name}");
    }
}
