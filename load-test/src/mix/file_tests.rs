use super::*;
use crate::mix::{Crowds, Mix};

fn error(text: &str) -> String {
    format!("{:#}", MixFile::parse(text, "my.toml").unwrap_err())
}

#[test]
fn the_default_mix_says_every_knob_with_its_default() {
    let file = MixFile::standard();
    assert_eq!(file.size, Size::default());
    assert_eq!(file.fields, Fields::default());
    assert_eq!(file.crowds, Crowds::default());
    let said: toml::Table = toml::from_str(DEFAULT_MIX).unwrap();
    let crowds = said["crowds"].as_table().unwrap();
    let debug = format!("{:?}", Crowds::default());
    for (crowd, knobs) in crowds {
        for knob in knobs.as_table().unwrap().keys() {
            assert!(debug.contains(&format!("{knob}: ")), "{crowd}.{knob}");
        }
    }
    let count: usize = crowds
        .values()
        .map(|knobs| knobs.as_table().unwrap().len())
        .sum();
    let all = debug.matches(": ").count() - crowds.len();
    assert_eq!(count, all, "a knob of the code is not in the default mix");
}

#[test]
fn a_file_says_only_what_differs() {
    let file = MixFile::parse("[size]\npeople = 77\n", "my.toml").unwrap();
    assert_eq!(file.size.people, 77);
    assert_eq!(file.size.days, Size::default().days);
    assert_eq!(file.attacks, MixFile::standard().attacks);
    let one =
        "[[attack]]\nkind = \"spray_one\"\nrate = 30\nstart = \"1d 2h\"\nduration = \"90m\"\n";
    let file = MixFile::parse(one, "my.toml").unwrap();
    assert_eq!(file.attacks.len(), 1);
    assert_eq!(file.attacks[0].amount, Amount::Rate(30_000));
    assert_eq!(file.attacks[0].start, Span::minutes(26 * 60));
}

#[test]
fn in_a_longer_mix_the_default_attacks_come_again() {
    let file = MixFile::parse("[size]\npeople = 300\ndays = 9\n", "my.toml").unwrap();
    let mut days = [0u64; 9];
    for event in Mix::from_file(&file, 1).unwrap() {
        let day = (event.time_ms - A_MONDAY_MS) / 86_400_000;
        days[usize::try_from(day).unwrap()] += u64::from(event.attack);
    }
    assert!(days.iter().all(|count| *count > 30), "{days:?}");
}

#[test]
fn an_error_names_file_and_line() {
    for (text, line, named) in [
        ("[size]\npeople = \"many\"\n", 2, "string"),
        ("[size]\n\npeopel = 3\n", 3, "peopel"),
        ("[fields]\nja4 = 101\n", 2, "101 is not from 0 to 100"),
        (
            "[crowds.outage]\nstart = \"soon\"\n",
            2,
            "`soon` is no span of time",
        ),
        ("[crowds.orcs]\nshare = 1\n", 1, "orcs"),
        ("[size]\nstart = \"monday\"\n", 2, "`monday` is no time"),
        (
            "[size]\nvisits_per_day = 0\n",
            2,
            "0 is not from 0.01 to 100",
        ),
        ("[size\n", 1, ""),
        (
            "# x\n\n[[attack]]\nkind = \"flood\"\nshare = 1\nduration = \"1h\"\n",
            3,
            "no attack `flood`",
        ),
        (
            "[[attack]]\nkind = \"spray_one\"\nduration = \"1h\"\n",
            1,
            "either `share` or `rate`",
        ),
        (
            "[[attack]]\nkind = \"spray_one\"\nshare = 2\n",
            1,
            "no `duration`",
        ),
        (
            "[[attack]]\nkind = \"spray_one\"\nshare = 2\nduration = \"1h\"\nwings = 2\n",
            1,
            "wings",
        ),
        (
            "[[attack]]\nkind = \"spray_one\"\nrate = 0\nduration = \"1h\"\n",
            1,
            "`rate` is 0",
        ),
    ] {
        let error = error(text);
        assert!(
            error.starts_with(&format!("my.toml, line {line}: ")),
            "{error}"
        );
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn what_no_line_says_is_refused_all_the_same() {
    for (text, named) in [
        ("[size]\npeople = 0\n", "size.people"),
        ("[size]\ndays = 0\n", "size.days"),
        ("[size]\nattack_share = 99.5\n", "size.attack_share"),
        ("[crowds.launch]\ncountry = \"XX\"\n", "`XX`"),
    ] {
        assert!(error(text).contains(named), "{}", error(text));
    }
    let missing = MixFile::read(Path::new("/nowhere/my.toml")).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/my.toml"));
}

#[test]
fn every_mix_that_comes_with_the_generator_makes_what_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mixes");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), MIXES.len());
    for (name, text) in MIXES {
        let mut file = MixFile::read(Path::new(name)).unwrap();
        let beside = std::fs::read_to_string(folder.join(name).with_extension("toml")).unwrap();
        assert_eq!(text, beside);
        // Small enough for a test, with all of its schedule.
        file.size.people = file.size.people.min(3_000);
        let span_us = 12 * 3_600_000_000;
        let events: Vec<_> = Mix::over(&file, 5, span_us).unwrap().collect();
        let attack = events.iter().filter(|event| event.attack).count() * 100 / events.len();
        let with = |field: &str| {
            events
                .iter()
                .filter(|event| event.event_json.contains(field))
                .count()
        };
        let (device, password, reason) = (
            with("\"device_id\""),
            with("\"password_fingerprint\""),
            with("\"failure_reason\""),
        );
        let wanted = match name {
            "quiet" => 0..=0,
            "flood" => 90..=98,
            _ => 20..=40,
        };
        assert!(wanted.contains(&attack), "{name}: {attack} %");
        assert_eq!(device == 0, matches!(name, "bare" | "no_devices"), "{name}");
        assert_eq!(
            password == 0,
            matches!(name, "bare" | "no_fingerprints"),
            "{name}"
        );
        assert_eq!(reason == 0, name == "bare", "{name}");
    }
}
