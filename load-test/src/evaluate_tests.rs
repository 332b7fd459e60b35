use super::*;

const LABELS: &str = "\
event_id,attack,class,outcome,time,username
p1,0,home,success,0.0,ada
a1,1,spray,failure,10.0,ada
a2,1,spray,failure,12.5,bela
a3,1,spray,success,14.0,ada
p2,0,home,failure,20.0,ada
p3,0,office,success,21.0,dara
";

fn scored(event_id: &str, revision: u32, decision: &str, score: f64) -> String {
    format!(
        "{{\"event_id\":\"{event_id}\",\"revision\":{revision},\"decision\":\"{decision}\",\"score\":{score}}}\n"
    )
}

fn line(event_id: &str, revision: u32, decision: &str) -> String {
    let score = match decision {
        "allow" => 0.1,
        "challenge" => 0.6,
        _ => 0.99,
    };
    scored(event_id, revision, decision, score)
}

fn truths(text: &str) -> Vec<Truth> {
    labels::read(text.as_bytes(), "labels.csv").unwrap()
}

fn found(labels: &str, verdicts: &str) -> Evaluation {
    evaluate(truths(labels), verdicts.as_bytes(), "v", 0.0, false).unwrap()
}

fn verdicts() -> String {
    [
        line("p1", 0, "allow"),
        line("a1", 0, "allow"),
        line("a2", 0, "block"),
        line("a3", 0, "allow"),
        line("p2", 0, "challenge"),
        line("a3", 1, "challenge"),
        line("p3", 0, "allow"),
    ]
    .concat()
}

fn decisions(allowed: u64, challenged: u64, blocked: u64) -> Decisions {
    Decisions {
        allowed,
        challenged,
        blocked,
    }
}

#[test]
fn each_event_counts_at_once_by_its_first_verdict_and_in_the_end_by_its_last() {
    let found = found(LABELS, &verdicts());
    let names: Vec<&str> = found.classes.iter().map(|class| &*class.class).collect();
    assert_eq!(names, ["home", "office", "spray"]);
    let spray = &found.classes[2];
    assert_eq!(spray.all.at_once, decisions(2, 0, 1));
    assert_eq!(spray.all.in_the_end, decisions(1, 1, 1));
    assert_eq!(
        spray.first_caught,
        [FirstCaught {
            attempt: Some(2),
            seconds: Some(2.5)
        }]
    );
    assert_eq!(found.total(Side::People).at_once, decisions(2, 1, 0));
    assert_eq!(spray.thieves.at_once, decisions(1, 0, 0));
    assert_eq!(spray.thieves.in_the_end, decisions(0, 1, 0));
    assert_eq!((found.missing, found.unknown, found.repeated), (0, 0, 0));
}

#[test]
fn the_totals_are_held_against_the_targets() {
    let found = found(LABELS, &verdicts());
    let totals = found.totals();
    let shown: Vec<_> = totals
        .targets()
        .iter()
        .map(|target| (target.name, target.count, target.of, target.is_met()))
        .collect();
    assert_eq!(
        shown,
        [
            ("attack_not_allowed", 1, 3, Some(false)),
            ("attack_flagged_in_the_end", 2, 3, None),
            ("thieves_flagged_at_once", 0, 1, None),
            ("thieves_flagged_in_the_end", 1, 1, Some(true)),
            ("tokens_flagged_in_the_end", 0, 0, None),
            ("people_challenged", 1, 3, Some(false)),
            ("people_challenged_in_the_end", 1, 3, Some(false)),
            ("people_blocked", 0, 3, Some(true)),
        ]
    );
    assert_eq!(totals.weak_classes, ["spray"]);
    assert_eq!(totals.hit_kinds, ["home"]);
    let table = found.to_string();
    for shown in [
        "33.33 %",
        "66.67 %",
        "NOT MET",
        "met",
        "≥ 95 %",
        "≤ 0.1 %",
        "attempt 2, 2.5 s",
    ] {
        assert!(table.contains(shown), "{shown} is not in\n{table}");
    }
}

#[test]
fn the_tables_can_be_had_as_markdown() {
    let text = format!("{:#}", found(LABELS, &verdicts()));
    let row = text.lines().find(|line| line.contains("spray")).unwrap();
    assert!(row.starts_with("| spray") && row.ends_with(" |"), "{row}");
    assert!(text.contains("|--") || text.contains("|:-"), "{text}");
    assert!(text.contains("\n\n| people"), "{text}");
    assert!(!text.contains('│'), "{text}");
}

#[test]
fn replayed_tokens_are_told_apart_from_other_thieves() {
    let labels = LABELS.to_owned() + "t1,1,token_replay,success,30.0,ada\n";
    let totals = found(&labels, &(verdicts() + &line("t1", 0, "challenge"))).totals();
    assert_eq!(totals.thieves.in_the_end.total(), 1);
    assert_eq!(totals.tokens.in_the_end, decisions(0, 1, 0));
    assert_eq!(totals.attack.at_once.total(), 4);
}

#[test]
fn what_no_log_can_tell_stands_apart_and_in_no_total() {
    let labels = LABELS.replace("username\n", "username,undecidable\n");
    let labels = labels.replace("ada\n", "ada,\n") + "u1,1,replay,success,30.0,ada,1\n";
    let labels = labels
        .replace("bela\n", "bela,0\n")
        .replace("dara\n", "dara,0\n");
    let found = found(&labels, &(verdicts() + &line("u1", 0, "block")));
    assert_eq!(found.total(Side::Attack).at_once.total(), 3);
    assert_eq!(found.total(Side::Undecidable).at_once, decisions(0, 0, 1));
    assert_eq!(found.totals().thieves.at_once.total(), 1);
    let bins = found.scores.reliability();
    assert_eq!(bins.iter().map(|bin| bin.verdicts).sum::<u64>(), 6);
    assert!(found.to_string().contains("what no log can tell"));
}

#[test]
fn a_class_is_judged_by_itself_after_500_attempts_or_10_minutes() {
    let mut labels = String::from("event_id,attack,class,outcome,time,username\n");
    let mut verdicts = String::new();
    let mut add = |class: &str, number: u32, seconds: u32, decision: &str| {
        let id = format!("{class}{number}");
        labels.extend([
            &*id,
            ",1,",
            class,
            ",failure,",
            &seconds.to_string(),
            ",x\n",
        ]);
        verdicts += &line(&id, 0, decision);
    };
    // Fast: the first 500 are missed and 9 of the next 10 are caught.
    for number in 0..510 {
        let caught = (501..510).contains(&number);
        add(
            "fast",
            number,
            0,
            if caught { "challenge" } else { "allow" },
        );
    }
    // Slow: at 0, 599 and 600 s, of which only the last is after the start.
    for (number, seconds) in [(0, 0), (1, 599), (2, 600)] {
        add(
            "slow",
            number,
            seconds,
            if number == 2 { "block" } else { "allow" },
        );
    }
    // Short: never gets so far, so all its attempts count.
    add("short", 0, 5, "allow");
    let found = found(&labels, &verdicts);
    let shares: Vec<f64> = found
        .classes
        .iter()
        .map(ClassReport::share_settled)
        .collect();
    assert_eq!(shares, [0.9, 0.0, 1.0]);
    assert_eq!(found.classes[0].settled.at_once, decisions(1, 9, 0));
    assert_eq!(found.totals().weak_classes, ["short"]);
}

#[test]
fn people_and_thieves_are_told_apart_by_the_length_of_history() {
    let found = found(LABELS, &verdicts());
    // Of ada's events two come before any success (p1) or after one (p2, and the thief's a3).
    let [none, one, two, ..] = found.histories;
    assert_eq!(none.people.at_once, decisions(2, 0, 0));
    assert_eq!(one.people.at_once, decisions(0, 1, 0));
    assert_eq!(one.thieves.in_the_end, decisions(0, 1, 0));
    assert_eq!(two, HistoryReport::default());
}

#[test]
fn the_length_of_history_is_taken_from_the_labels_where_they_say_it() {
    let labels = "event_id,attack,class,history\np1,0,home,3\np2,0,home,9\np3,0,home,10\n";
    let verdicts = [
        line("p1", 0, "allow"),
        line("p2", 0, "allow"),
        line("p3", 0, "block"),
    ]
    .concat();
    let totals: Vec<u64> = found(labels, &verdicts)
        .histories
        .iter()
        .map(|of| of.people.at_once.total())
        .collect();
    assert_eq!(totals, [0, 0, 1, 1, 1]);
}

#[test]
fn several_logs_are_put_together_with_the_spread_of_their_totals() {
    let mut all = Evaluation::default();
    let other = verdicts().replace(
        "\"event_id\":\"a1\",\"revision\":0,\"decision\":\"allow\"",
        "\"event_id\":\"a1\",\"revision\":0,\"decision\":\"block\"",
    );
    for verdicts in [verdicts(), other, verdicts()] {
        all.merge(found(LABELS, &verdicts));
    }
    assert_eq!(all.total(Side::Attack).at_once, decisions(5, 0, 4));
    let spread = all.spreads()[0].unwrap();
    assert_eq!(
        (spread.min, spread.median, spread.max),
        (1.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0)
    );
    let spray = &all.classes[2];
    assert_eq!(spray.first_caught.len(), 3);
    assert_eq!(spray.median_first_caught().attempt, Some(2));
    assert_eq!(spray.range, (1.0 / 3.0, 2.0 / 3.0));
    assert!(all.to_string().contains("3 logs together"));
    let middle_two = Spread::of(vec![0.125, 0.5, 0.25, 0.375]).unwrap();
    assert!((middle_two.median - 0.3125).abs() < 1e-9);
}

#[test]
fn a_signal_carries_what_would_be_decided_otherwise_without_its_weights() {
    let with = |id: &str, decision: &str, score: f64, reasons: &[(&str, &str, f64)]| {
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(signal, family, weight)| {
                format!("{{\"signal\":\"{signal}\",\"family\":\"{family}\",\"weight\":{weight}}}")
            })
            .collect();
        format!(
            "{{\"event_id\":\"{id}\",\"revision\":0,\"decision\":\"{decision}\",\"score\":{score},\"reasons\":[{}]}}\n",
            reasons.join(",")
        )
    };
    // Log-odds of 0.9 are 2.2, of 0.2 -1.4.
    let verdicts = [
        with(
            "a1",
            "challenge",
            0.9,
            &[("ip.a", "volume", 1.5), ("ip.b", "volume", 1.0)],
        ),
        with(
            "a2",
            "block",
            0.9,
            &[("ip.a", "volume", 3.0), ("user.c", "identity", -0.5)],
        ),
        with("a3", "allow", 0.2, &[("user.c", "identity", -2.0)]),
        with("p1", "challenge", 0.9, &[("ip.b", "volume", 4.0)]),
        with("p2", "allow", 0.2, &[("user.c", "identity", -1.5)]),
        with(
            "p3",
            "challenge",
            0.9,
            &[("ip.d", "tool", 6.0), ("ip.e", "tool", 6.0)],
        ),
    ]
    .concat();
    let found = evaluate(truths(LABELS), verdicts.as_bytes(), "v", 0.0, true).unwrap();
    let without = found.ablation.as_ref().unwrap();
    assert_eq!(
        without.signals["ip.a"],
        Without {
            attacks: 2,
            lost: 1,
            ..Without::default()
        }
    );
    assert_eq!(
        without.signals["ip.b"],
        Without {
            attacks: 1,
            people: 1,
            spared: 1,
            ..Without::default()
        }
    );
    assert_eq!(
        without.signals["user.c"],
        Without {
            attacks: 2,
            people: 1,
            won: 1,
            hit: 1,
            ..Without::default()
        }
    );
    // Both weights of the family go together, which a1 does not bear.
    assert_eq!(without.families["volume"].lost, 2);
    // The cap of 8 takes most of what either of two strong signals adds.
    assert_eq!(without.signals["ip.d"].spared, 0);
    assert_eq!(without.families["tool"].spared, 1);
    let table = found.to_string();
    assert!(
        table.contains("without the signal") && table.contains("ip.a"),
        "{table}"
    );
}

#[test]
fn a_revision_that_comes_before_the_verdict_it_revises_counts_the_same() {
    let mut lines: Vec<String> = verdicts().lines().map(|line| format!("{line}\n")).collect();
    lines.reverse();
    assert_eq!(found(LABELS, &verdicts()), found(LABELS, &lines.concat()));
}

#[test]
fn missing_unknown_and_repeated_verdicts_are_counted() {
    let lines = [
        line("p1", 0, "allow"),
        line("p1", 0, "allow"),
        line("x", 0, "block"),
    ]
    .concat();
    let found = found(LABELS, &lines);
    assert_eq!((found.missing, found.unknown, found.repeated), (5, 1, 1));
    assert_eq!(found.unknown_ids, ["x"]);
    assert_eq!(found.missing_ids.len(), EXAMPLES);
}

#[test]
fn events_before_the_start_are_left_out() {
    let found = evaluate(truths(LABELS), verdicts().as_bytes(), "v", 14.0, false).unwrap();
    assert_eq!((found.left_out, found.missing), (3, 0));
    assert_eq!(found.total(Side::Attack).at_once, decisions(1, 0, 0));
    let without = "event_id,attack,class\ne1,0,x\n";
    let error = evaluate(truths(without), &b""[..], "v", 1.0, false).unwrap_err();
    assert!(error.to_string().contains("has none"), "{error}");
}

#[test]
fn a_line_that_is_no_verdict_is_named_with_its_file() {
    let lines = line("p1", 0, "allow") + "{\"event_id\":\"p2\"}\n";
    let error = evaluate(
        truths(LABELS),
        lines.as_bytes(),
        "verdicts.ndjson",
        0.0,
        false,
    )
    .unwrap_err();
    assert!(
        format!("{error:#}").starts_with("verdicts.ndjson, line 2: no verdict"),
        "{error:#}"
    );
}

#[test]
fn an_event_with_two_labels_is_refused() {
    let twice = [truths(LABELS), truths(LABELS)].concat();
    let error = evaluate(twice, &b""[..], "v", 0.0, false).unwrap_err();
    assert!(error.to_string().contains("two labels"), "{error}");
}

fn write_to(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_run_fails_when_labels_and_verdicts_do_not_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let labels = write_to(&folder, "labels.csv", LABELS);
    let whole = write_to(&folder, "whole.ndjson", &verdicts());
    let cut = write_to(&folder, "cut.ndjson", &line("p1", 0, "allow"));
    run_evaluate(&EvaluateArgs::new(labels.clone(), whole)).unwrap();
    let error = run_evaluate(&EvaluateArgs::new(labels.clone(), cut.clone())).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("5 labelled events have no verdict"),
        "{error}"
    );
    let mut args = EvaluateArgs::new(labels.clone(), cut);
    args.more = vec![labels];
    let error = run_evaluate(&args).unwrap_err();
    assert!(error.to_string().contains("no verdicts"), "{error}");
}

#[test]
fn a_run_keeps_the_floor_it_wrote_and_one_that_catches_less_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..400)
        .map(|n| format!("e{n},1,spray\np{n},0,home\n"))
        .collect();
    let labels = rows.concat();
    let labels = write_to(
        &folder,
        "l.csv",
        &format!("event_id,attack,class\n{labels}"),
    );
    let verdicts = |caught: u32| -> String {
        let decision = |n| if n < caught { "challenge" } else { "allow" };
        let both = |n| line(&format!("e{n}"), 0, decision(n)) + &line(&format!("p{n}"), 0, "allow");
        (0..400).map(both).collect()
    };
    let floor = folder.path().join("floor.toml");
    let run = |caught: u32, write: bool| {
        let verdicts = write_to(&folder, "v.ndjson", &verdicts(caught));
        let mut args = EvaluateArgs::new(labels.clone(), verdicts);
        *(if write {
            &mut args.write_floor
        } else {
            &mut args.floor
        }) = Some(floor.clone());
        args.plot = Some(folder.path().join("plot.svg"));
        run_evaluate(&args)
    };
    run(380, true).unwrap();
    run(380, false).unwrap();
    // A point of 400 attempts is four of them.
    run(376, false).unwrap();
    let error = run(375, false).unwrap_err().to_string();
    assert_eq!(
        error,
        "below the floor: spray: 93.75 % caught after 95.00 %"
    );
    assert!(folder.path().join("plot.svg").exists());
}

#[test]
fn the_json_holds_the_totals_the_classes_and_the_curve() {
    let found = found(LABELS, &verdicts());
    let json = serde_json::to_value(json::of(&found)).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["totals"][0]["name"], "attack_not_allowed");
    assert_eq!(json["totals"][0]["at_least"], 0.95);
    assert_eq!(json["totals"][0]["met"], false);
    assert_eq!(json["attacks"][0]["class"], "spray");
    assert_eq!(json["attacks"][0]["at_once"]["blocked"], 1);
    assert_eq!(json["attacks"][0]["first_caught"]["attempt"], 2);
    assert_eq!(json["people"][0]["attempts"], 2);
    assert_eq!(json["history"][1]["thieves"]["in_the_end"]["challenged"], 1);
    assert_eq!(json["curve"].as_array().unwrap().len(), SHARES.len());
    assert!(json.get("ablation").is_none());
}

#[test]
fn labels_of_a_real_log_are_read_whole() {
    let Some(folder) = std::env::var_os("CREDSIEVE_DATA") else {
        println!("skipped: CREDSIEVE_DATA names no folder with real logs");
        return;
    };
    let path = Path::new(&folder).join("ssh-auth-log/labels.csv");
    let truths = labels::read(packed::open(&path).unwrap(), "labels.csv").unwrap();
    assert_eq!(truths.len(), 1_268);
    assert_eq!(truths.iter().filter(|truth| truth.attack).count(), 869);
    let lines: String = truths
        .iter()
        .map(|truth| line(&truth.event_id, 0, "allow"))
        .collect();
    let found = evaluate(truths, lines.as_bytes(), "v", 0.0, false).unwrap();
    assert_eq!(found.total(Side::Attack).at_once.allowed, 869);
    assert_eq!((found.missing, found.unknown), (0, 0));
}

#[test]
fn what_labels_lack_and_what_is_not_told_for_it_is_said() {
    let all = truths(
        "event_id,attack,class,outcome,time,username\n1,0,people,success,3,a\n2,1,spray,,,\n",
    );
    assert!(lacks(&all).is_empty());
    let bare = lacks(&truths("event_id,attack,class\n1,0,people\n"));
    assert_eq!(bare.len(), 3, "{bare:?}");
    assert!(bare[0].contains("`outcome`") && bare[1].contains("`time`"));
}

#[test]
fn packed_labels_and_verdicts_are_read_as_plain_ones_are() {
    let folder = tempfile::tempdir().unwrap();
    let (labels_file, verdicts_file) = (folder.path().join("l"), folder.path().join("v"));
    let found = || {
        let args = EvaluateArgs::new(labels_file.clone(), verdicts_file.clone());
        evaluate_files(&labels_file, &verdicts_file, &args)
            .unwrap()
            .to_string()
    };
    std::fs::write(&labels_file, LABELS).unwrap();
    std::fs::write(&verdicts_file, verdicts()).unwrap();
    let plain = found();
    std::fs::write(
        &labels_file,
        zstd::encode_all(LABELS.as_bytes(), 1).unwrap(),
    )
    .unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gz, verdicts().as_bytes()).unwrap();
    std::fs::write(&verdicts_file, gz.finish().unwrap()).unwrap();
    assert_eq!(found(), plain);
}
