use super::*;

const LIMITS: Limits = Limits {
    carried: 0.03,
    attacks: 0.98,
    least: 50,
};

/// Events as (class, is attack, is undecidable, line).
struct Traffic {
    events: Vec<(&'static str, bool, bool, String)>,
}

impl Traffic {
    /// 600 people of two apps and 400 attempts that look the same, no name, address or minute
    /// telling them apart.
    fn alike() -> Self {
        let mut traffic = Self { events: Vec::new() };
        for number in 0..1_000 {
            let attack = number % 5 < 2;
            let (endpoint, country) = (
                ["web", "app"][number / 5 % 2],
                ["NO", "SE"][number / 10 % 2],
            );
            traffic.add(attack, number, endpoint, country);
        }
        traffic
    }

    fn add(&mut self, attack: bool, number: usize, endpoint: &str, country: &str) {
        let event = format!(
            r#"{{"event_id":"{number:08}","time":{},"outcome":"failure","ip":"198.51.{}.7","username":"ada","endpoint":"{endpoint}","country":"{country}"}}"#,
            1_767_571_200_123 + number / 5 * 1_000,
            number % 200,
        );
        let class = if attack { "stuffing" } else { "home" };
        self.events.push((class, attack, false, event));
    }

    fn leaks(&self, allowed: &str) -> Leaks {
        let allowed = Allowed::parse(allowed, "allow.toml").unwrap();
        find(LIMITS, &allowed, &mut |each| {
            for (class, attack, undecidable, event) in &self.events {
                each(Told {
                    event: event.as_bytes(),
                    attack: *attack,
                    undecidable: *undecidable,
                    class,
                })?;
            }
            Ok(())
        })
        .unwrap()
    }
}

fn values(leaks: &Leaks) -> Vec<Vec<&str>> {
    leaks
        .open()
        .map(|leak| leak.values.iter().map(String::as_str).collect())
        .collect()
}

#[test]
fn traffic_in_which_attack_and_people_look_alike_leaks_nothing() {
    let leaks = Traffic::alike().leaks("");
    assert_eq!(values(&leaks), Vec::<Vec<&str>>::new());
    assert_eq!((leaks.events, leaks.attacks), (1_000, 400));
}

#[test]
fn a_value_that_only_an_attack_has_is_named_once_without_its_pairs() {
    let mut traffic = Traffic::alike();
    for number in 1_000..1_060 {
        traffic.add(true, number, "api", "NO");
    }
    let leaks = traffic.leaks("");
    assert_eq!(values(&leaks), [["endpoint=api"]]);
    let leak = leaks.open().next().unwrap();
    assert_eq!((leak.class.as_str(), leak.events), ("stuffing", 60));
    assert!((leak.carried - 60.0 / 460.0).abs() < 1e-9);
    assert!((leak.attacks - 1.0).abs() < 1e-9);
}

#[test]
fn a_pair_that_only_an_attack_has_is_named_where_both_values_are_usual() {
    let mut traffic = Traffic::alike();
    for number in 1_000..1_060 {
        traffic.add(true, number, "api", "NO");
        traffic.add(false, number, "api", "SE");
        traffic.add(false, number, "web", "NO");
    }
    assert_eq!(values(&traffic.leaks("")), [["country=NO", "endpoint=api"]]);
}

#[test]
fn what_too_few_events_carry_or_people_carry_too_is_no_leak() {
    let mut traffic = Traffic::alike();
    // 49 events are too few to tell; of 60 two are people's, which is more than 2 %.
    for number in 1_000..1_049 {
        traffic.add(true, number, "api", "NO");
    }
    for number in 1_049..1_107 {
        traffic.add(true, number, "tv", "NO");
    }
    traffic.add(false, 1_107, "tv", "NO");
    traffic.add(false, 1_108, "tv", "NO");
    assert_eq!(values(&traffic.leaks("")), Vec::<Vec<&str>>::new());
}

#[test]
fn what_the_attack_itself_is_may_be_and_says_why() {
    let mut traffic = Traffic::alike();
    for number in 1_000..1_060 {
        traffic.add(true, number, "api", "NO");
    }
    let leaks = traffic.leaks(
        "[[allow]]\nclass = 'stuff*'\nvalues = ['endpoint=api']\nbecause = 'that is where'\n",
    );
    assert_eq!(leaks.open().count(), 0);
    assert_eq!(leaks.leaks[0].allowed.as_deref(), Some("that is where"));
}

/// 1,000 guesses, 40 of people's typos, and people coming in 2,000 times; by number, from where.
fn guesses(guess_from: fn(usize) -> &'static str) -> Traffic {
    let mut traffic = Traffic { events: Vec::new() };
    for number in 0..3_040 {
        let (attack, half) = (number < 1_040 && number % 26 != 0, number / 26 % 2);
        let from = if attack {
            guess_from(half)
        } else {
            ["NO", "FI"][half]
        };
        traffic.add(attack, number, "web", from);
        if number >= 1_040 {
            let event = &mut traffic.events[number].3;
            *event = event.replace("failure", "success");
        }
    }
    traffic
}

#[test]
fn that_nearly_all_failures_are_guesses_gives_no_pair_away() {
    let leaks = guesses(|half| ["NO", "FI"][half]).leaks("");
    assert_eq!(values(&leaks), Vec::<Vec<&str>>::new());
}

#[test]
fn what_only_failing_attacks_have_is_a_pair_although_people_succeed_with_it() {
    let leaks = guesses(|_| "FI").leaks("");
    let pair = vec!["country=FI", "outcome=failure"];
    assert!(!values(&leaks).contains(&pair), "half of the typos have it");
    let mut traffic = guesses(|_| "FI");
    for (_, attack, _, event) in &mut traffic.events {
        if !*attack && event.contains("failure") {
            *event = event.replace("FI", "NO");
        }
    }
    let leaks = traffic.leaks("");
    assert!(values(&leaks).contains(&pair), "{:?}", values(&leaks));
}

#[test]
fn what_no_log_can_tell_counts_neither_way() {
    let mut traffic = Traffic::alike();
    for number in 1_000..1_060 {
        traffic.add(true, number, "api", "NO");
        traffic.events.last_mut().unwrap().2 = true;
    }
    let leaks = traffic.leaks("");
    assert_eq!((leaks.open().count(), leaks.undecidable), (0, 60));
}

#[test]
fn rare_values_are_forgotten_first() {
    let mut singles: HashMap<String, Counts> = HashMap::new();
    for (name, people) in [("a", 1), ("b", 1), ("c", 5), ("d", 9)] {
        singles.insert(
            name.to_owned(),
            Counts {
                people,
                attacks: vec![],
            },
        );
    }
    assert_eq!(forget_rare(&mut singles), 3);
    assert!(singles.contains_key("d"));
}

#[test]
fn events_find_their_labels_in_a_file_in_nearly_the_same_order() {
    let folder = tempfile::tempdir().unwrap();
    let (events, labels) = (folder.path().join("e"), folder.path().join("l"));
    let traffic = Traffic::alike();
    let lines: Vec<&str> = traffic.events.iter().map(|event| &*event.3).collect();
    std::fs::write(&events, lines.join("\n")).unwrap();
    let label = |number: usize| format!("{number:08},{},c", u8::from(number % 5 < 2));
    let mut rows: Vec<String> = (0..1_000).map(label).collect();
    rows.swap(3, 700);
    let write = |rows: &[String]| {
        std::fs::write(
            &labels,
            format!("event_id,attack,class\n{}\n", rows.join("\n")),
        )
        .unwrap();
    };
    write(&rows);
    let mut attacks = 0;
    let mut each = |told: Told| {
        attacks += u64::from(told.attack);
        Ok(())
    };
    files(&events, &labels, &mut each).unwrap();
    assert_eq!(attacks, 400);
    write(&rows[..900]);
    let error = files(&events, &labels, &mut |_| Ok(())).unwrap_err();
    assert!(error.to_string().ends_with("has no label"), "{error}");
}

#[test]
fn the_list_of_the_default_mix_can_be_read() {
    let allowed = allowed_in_the_default_mix();
    assert_eq!(allowed.because("home", &["kind=login"]), None);
}
