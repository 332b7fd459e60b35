//! `credsieve replay` and `credsieve evaluate`: files in, verdicts out.

use crate::events::{MANY, attack_from, generated, honeypot, lines, ndjson, real_log};
use crate::process::{credsieve, run};
use crate::verdicts::{field, is_first, replay, timeless};
use credsieve_models::Verdict;
use std::collections::BTreeMap;
use std::io::Write;

const START_MS: i64 = 1_740_000_000_000;

fn event_ids(events: &[Vec<u8>]) -> Vec<String> {
    let text = |event: &Vec<u8>| String::from_utf8(event.clone()).expect("events are text");
    events
        .iter()
        .map(|event| field(&text(event), "event_id"))
        .collect()
}

fn timeless_lines(stdout: &[u8]) -> Vec<String> {
    lines(stdout).iter().map(|line| timeless(line)).collect()
}

/// The lines that are no revision.
fn first_lines(stdout: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = lines(stdout);
    lines.retain(|line| is_first(line));
    lines
}

/// The number in a row of the summary.
fn row(summary: &str, name: &str) -> String {
    let row = summary.lines().find(|line| line.contains(name));
    let row = row.unwrap_or_else(|| panic!("no row {name} in {summary}"));
    let value = row.split('┆').nth(1).unwrap_or_default();
    let value = value.trim_matches(|c: char| c == '│' || c.is_whitespace());
    value.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn every_event_of_a_file_gets_its_verdict_in_its_place_the_same_each_time() {
    let events = honeypot();
    let text = ndjson(&events);
    let (first, second) = (replay(&text, None), replay(&text, None));
    let verdicts = timeless_lines(&first.stdout);
    assert_eq!(verdicts, timeless_lines(&second.stdout));
    assert_eq!(event_ids(&first_lines(&first.stdout)), event_ids(&events));
    assert_eq!(row(&first.stderr, "attempts"), events.len().to_string());
    assert_eq!(row(&first.stderr, "bad lines"), "0");
    let challenged = verdicts
        .iter()
        .filter(|v| is_first(v) && field(v, "decision") == "challenge")
        .count();
    assert!(challenged > 0);
    assert_eq!(row(&first.stderr, "challenge"), challenged.to_string());
}

#[test]
fn a_file_that_is_not_in_the_order_of_time_is_told_so_and_nobody_is_blocked_by_it() {
    let mut events = generated(MANY, START_MS);
    let said = |events: &[Vec<u8>]| replay(&ndjson(events), None).stderr;
    assert!(!said(&events).contains("sort the file by time"));
    events.reverse();
    let ended = replay(&ndjson(&events), None);
    assert!(
        ended.stderr.contains("sort the file by time"),
        "{}",
        ended.stderr
    );
    // What comes within 15 minutes of the newest is in time.
    let late: u64 = row(&ended.stderr, "older than the windows")
        .parse()
        .expect("a number");
    let blocked: u64 = row(&ended.stderr, "  block").parse().expect("a number");
    assert!(
        late > 0 && blocked <= events.len() as u64 - late,
        "{blocked} {late}"
    );
}

#[test]
fn a_revision_is_an_extra_line_before_the_verdict_that_brought_it_about() {
    let ended = replay(&ndjson(&generated(MANY, START_MS)), None);
    let verdicts: Vec<Verdict> = lines(&ended.stdout)
        .iter()
        .map(|line| serde_json::from_slice(line).expect("a verdict is JSON"))
        .collect();
    let mut first_at = BTreeMap::new();
    let mut watermark_ms = 0;
    let mut revisions = 0;
    for (n, verdict) in verdicts.iter().enumerate() {
        let event = verdict.event_id.as_str();
        if verdict.revision == 0 {
            watermark_ms = watermark_ms.max(verdict.time_ms);
            first_at.insert(event, n);
            continue;
        }
        revisions += 1;
        assert!(first_at.contains_key(event), "after its event's verdict");
        // Those of one tick stand together, by time and event, before the one that closed it.
        let next = verdicts
            .get(n + 1)
            .expect("the verdict that closed the tick");
        if next.revision > 0 {
            let place = |v: &Verdict| (v.time_ms, v.event_id.clone());
            assert!(place(verdict) < place(next));
        } else {
            assert!(next.time_ms > watermark_ms, "it moves the watermark");
            // Five minutes later, by whole seconds.
            assert!(next.time_ms / 1_000 >= verdict.time_ms / 1_000 + 5 * 60);
        }
    }
    assert!(revisions > 0);
    assert_eq!(row(&ended.stderr, "revisions"), revisions.to_string());
    let campaigns: u32 = row(&ended.stderr, "campaigns").parse().expect("a number");
    assert!(campaigns > 0);
}

#[test]
fn a_log_with_labels_is_replayed_and_evaluated() {
    let Some(log) = real_log("ssh-auth-log/events.ndjson") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let verdicts = folder.path().join("verdicts");
    let mut command = credsieve(&["replay"]);
    command.arg(&log);
    let ended = run(command, b"").with_code(0);
    assert_eq!(first_lines(&ended.stdout).len(), 1_268);
    std::fs::write(&verdicts, &ended.stdout).expect("the folder is ours");

    let labels = log.with_file_name("labels.csv");
    let mut command = credsieve(&["evaluate"]);
    command.arg(&labels).arg(&verdicts);
    let report = run(command, b"").with_code(0).text();
    assert!(
        report.contains("owner") && report.contains("noise"),
        "{report}"
    );

    // A figure over part of a log is no figure.
    let part = ended.stdout.len() / 2;
    let part = ended.stdout[..part].rsplitn(2, |b| *b == b'\n').nth(1);
    let mut command = credsieve(&["evaluate"]);
    command.arg(&labels).arg("-");
    let ended = run(command, part.expect("many lines")).with_code(1);
    assert!(ended.stderr.contains("have no verdict"), "{}", ended.stderr);
}

#[test]
fn a_packed_file_and_standard_input_give_the_same_verdicts_as_the_plain_file() {
    let text = ndjson(&generated(300, START_MS));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&text).expect("memory takes it");
    let packed = [
        text.clone(),
        gzip.finish().expect("memory takes it"),
        zstd::encode_all(text.as_slice(), 1).expect("memory takes it"),
    ];
    let expected = timeless_lines(&replay(&text, None).stdout);
    let firsts = expected.iter().filter(|line| is_first(line));
    assert_eq!(firsts.count(), 300);
    let folder = tempfile::tempdir().expect("a folder for the test");
    for content in packed {
        assert_eq!(timeless_lines(&replay(&content, None).stdout), expected);
        let file = folder.path().join("events");
        std::fs::write(&file, content).expect("the folder is ours");
        let mut command = credsieve(&["replay", "--quiet"]);
        command.arg(&file);
        let ended = run(command, b"").with_code(0);
        assert_eq!(timeless_lines(&ended.stdout), expected);
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn one_thread_and_three_write_the_same_lines() {
    let mut events = generated(MANY, START_MS);
    for place in [0, 700, 1_500] {
        events.insert(place, b"no event".to_vec());
    }
    let text = ndjson(&events);
    let [one, three] = ["1", "3"].map(|threads| {
        let command = credsieve(&["replay", "--threads", threads, "-"]);
        run(command, &text).with_code(0)
    });
    assert_eq!(timeless_lines(&one.stdout), timeless_lines(&three.stdout));
    for name in ["attempts", "revisions", "campaigns", "bad lines"] {
        assert_eq!(row(&one.stderr, name), row(&three.stderr, name), "{name}");
    }
}

#[test]
fn bad_lines_are_kept_with_their_numbers_and_change_no_verdict() {
    let events = generated(100, START_MS);
    let mut mixed = events.clone();
    let bad: [&[u8]; 4] = [
        b"{\"event_id\":",
        b"[]",
        b"\xff\xfe",
        b"{\"event_id\":\"x\"}",
    ];
    for (line, place) in bad.iter().zip([0, 10, 50, 103]) {
        mixed.insert(place, line.to_vec());
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    let letters = folder.path().join("letters");
    let mut command = credsieve(&["replay", "--dead-letters"]);
    command.arg(&letters);
    let ended = run(command, &ndjson(&mixed)).with_code(0);
    let alone = replay(&ndjson(&events), None);
    assert_eq!(timeless_lines(&ended.stdout), timeless_lines(&alone.stdout));
    assert_eq!(row(&ended.stderr, "bad lines"), "4");
    assert_eq!(row(&ended.stderr, "attempts"), "100");

    let letters = std::fs::read(&letters).expect("it was written");
    let letters: Vec<serde_json::Value> = lines(&letters)
        .iter()
        .map(|line| serde_json::from_slice(line).expect("a letter is JSON"))
        .collect();
    let numbers: Vec<_> = letters
        .iter()
        .map(|letter| letter["line"].as_u64())
        .collect();
    assert_eq!(numbers, [Some(1), Some(11), Some(51), Some(104)]);
    let kinds: Vec<_> = letters
        .iter()
        .map(|letter| letter["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            Some("not_json"),
            Some("not_object"),
            Some("not_utf8"),
            Some("missing")
        ]
    );
    assert_eq!(letters[0]["record"], "{\"event_id\":");
    assert_eq!(letters[2]["record_hex"], "fffe");

    // Without a file they are told, without their content.
    let told = replay(&ndjson(&mixed), None).stderr;
    assert!(told.contains("line 104: field `time`: missing"), "{told}");
}

#[test]
fn the_clock_that_is_given_tells_what_is_far_ahead() {
    let events = generated(50, START_MS);
    let mut command = credsieve(&["replay", "--clock", "2025-01-01T00:00:00Z"]);
    command.arg("-");
    let ended = run(command, &ndjson(&events)).with_code(1);
    assert!(ended.stdout.is_empty());
    assert_eq!(row(&ended.stderr, "bad lines"), "50");
    assert!(ended.stderr.contains("field `time`: too far ahead"));
    let told = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("line "));
    assert_eq!(told.count(), 20, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("and 30 more; --dead-letters"),
        "{}",
        ended.stderr
    );
    let mut command = credsieve(&["replay", "--clock", "yesterday"]);
    command.arg("-");
    run(command, b"").with_code(1);
}

#[test]
fn lists_that_are_given_are_in_force() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let entry = |action: &str, ip: &str| {
        format!(
            r#"{{"id":"{ip}","action":"{action}","dimension":"address","value":"{ip}","created_at":"2025-01-01T00:00:00Z","holds_from":"2025-01-01T00:00:00Z"}}"#
        )
    };
    let lists = folder.path().join("lists");
    let text = [
        entry("deny", "198.51.100.1"),
        entry("allow", "198.51.100.2"),
    ]
    .join("\n");
    std::fs::write(&lists, text).expect("the folder is ours");
    let mut events = attack_from("198.51.100.1", 0..1);
    events.extend(attack_from("198.51.100.2", 0..80));
    let decisions = |stdout: &[u8]| -> Vec<String> {
        let verdicts = timeless_lines(stdout);
        let verdicts = verdicts.iter().filter(|line| is_first(line));
        verdicts.map(|v| field(v, "decision")).collect()
    };
    let mut command = credsieve(&["replay", "--lists"]);
    command.arg(&lists);
    let listed = decisions(&run(command, &ndjson(&events)).with_code(0).stdout);
    assert_eq!(listed[0], "block");
    assert_eq!(listed[1..], vec!["allow"; 80]);
    let unlisted = decisions(&replay(&ndjson(&events), None).stdout);
    assert_eq!(unlisted[0], "allow");
    assert_ne!(unlisted[80], "allow");
}

#[test]
fn a_misspelt_field_of_a_list_entry_is_refused_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let lists = folder.path().join("lists");
    let entry = r#"{"id":"1","action":"deny","dimension":"country","value":"DE","endpiont":"admin","created_at":"2025-01-01T00:00:00Z","holds_from":"2025-01-01T00:00:00Z"}"#;
    std::fs::write(&lists, format!("\n{entry}\n")).expect("the folder is ours");
    let mut command = credsieve(&["replay", "--lists"]);
    command.arg(&lists);
    let ended = run(command, &ndjson(&attack_from("198.51.100.1", 0..1))).with_code(1);
    for part in ["lists, line 2: ", "unknown field `endpiont`", "`endpoint`"] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
}

#[test]
fn a_file_of_no_attempts_ends_with_1_and_says_what_its_first_line_lacks() {
    let ended = run(
        credsieve(&["replay", "-"]),
        b"{\"ip\":\"192.0.2.1\"}\nroot\n",
    )
    .with_code(1);
    let said = "no line of - is an attempt; line 1: field `time`: missing";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}

#[test]
fn questions_are_answered_before_each_attempt_and_never_revised() {
    let mut events = attack_from("198.51.100.1", 0..80);
    events.push(events[7].clone());
    let answers = |threads: &str| {
        let arguments = [
            "replay",
            "--quiet",
            "--questions",
            "--threads",
            threads,
            "-",
        ];
        let ended = run(credsieve(&arguments), &ndjson(&events)).with_code(0);
        timeless_lines(&ended.stdout)
    };
    let answered = answers("1");
    assert_eq!(answered.len(), 80, "one an attempt; a repeat has none");
    assert!(answered.iter().all(is_first));
    assert_eq!(answers("3"), answered);
    // The first is asked about when nothing is known, the last when its address is.
    assert_eq!(field(&answered[0], "decision"), "allow");
    assert_ne!(field(&answered[79], "decision"), "allow");
    let verdicts = timeless_lines(&replay(&ndjson(&events), None).stdout);
    assert_ne!(answered[40], verdicts[40], "an outcome says more");
}

#[test]
fn a_file_of_which_the_greater_part_is_no_attempts_ends_with_1_and_judges_the_rest() {
    let event = br#"{"event_id":"e","time":1740000000000,"outcome":"failure","ip":"192.0.2.1"}"#;
    let replay = |bad: usize, code| {
        let lines = [&event[..], &b"\nnonsense".repeat(bad)].concat();
        let ended = run(credsieve(&["replay", "--quiet", "-"]), &lines).with_code(code);
        assert_eq!(timeless_lines(&ended.stdout).len(), 1);
        ended.stderr
    };
    let said = "only 1 of 3 lines of - are attempts; line 2: record, column 2: not json";
    let stderr = replay(2, 1);
    assert!(stderr.contains(said), "{stderr}");
    replay(1, 0);
}

#[test]
fn a_file_of_another_format_ends_with_1_and_says_how_to_make_lines_of_it() {
    for (content, hint) in [
        (&b"[{\"event_id\":\"1\"}]"[..], "jq -c '.[]'"),
        (b"event_id,time,ip\n1,2,3\n", "it looks like a table"),
        (b"\xfd7zXZ\0\0", "xz -dc"),
    ] {
        let ended = run(credsieve(&["replay", "-"]), content).with_code(1);
        assert!(ended.stderr.contains(hint), "{}", ended.stderr);
    }
}

#[test]
fn an_empty_file_is_no_error_and_is_told() {
    for empty in [&b""[..], b"\n\n"] {
        let ended = run(credsieve(&["replay", "--quiet", "-"]), empty).with_code(0);
        assert!(ended.stdout.is_empty());
        assert!(ended.stderr.contains("- has no line"), "{}", ended.stderr);
    }
}

#[test]
fn times_in_seconds_are_refused_and_not_taken_for_an_afternoon_of_1970() {
    let event = br#"{"event_id":"e","time":1740000000,"outcome":"failure","ip":"192.0.2.1"}"#;
    let ended = run(credsieve(&["replay", "-"]), event).with_code(1);
    assert!(
        ended.stderr.contains("looks like seconds"),
        "{}",
        ended.stderr
    );
}

#[test]
fn fields_that_are_not_known_are_named_in_the_summary() {
    let event = br#"{"event_id":"e","time":1740000000000,"outcome":"failure","ip":"192.0.2.1","user_name":"a"}"#;
    assert_eq!(
        row(&replay(event, None).stderr, "fields not known"),
        "user_name"
    );
    let quiet = run(credsieve(&["replay", "--quiet", "-"]), event).with_code(0);
    let warning =
        "no attempt has a `username`; fields that are not known and were ignored: user_name";
    assert!(quiet.stderr.contains(warning), "{}", quiet.stderr);
    let known = replay(&ndjson(&generated(10, START_MS)), None).stderr;
    assert!(!known.contains("fields not known"), "{known}");
}

#[test]
fn a_reader_that_has_had_enough_ends_the_replay_quietly() {
    let events = ndjson(&generated(20_000, START_MS));
    assert_eq!(quiet_end("replay --quiet -", "head -n 1", &events), 1);
}

#[test]
fn a_reader_that_is_not_there_ends_what_prints_quietly() {
    for command in [
        "policy show",
        "policy check /dev/null",
        "load-test --events 10 file /dev/null",
    ] {
        assert_eq!(quiet_end(command, "exec <&-", b""), 0, "{command}");
    }
}

/// How many lines come through the reader of what the command prints; it must end with 0 and say
/// nothing.
fn quiet_end(command: &str, reader: &str, input: &[u8]) -> usize {
    let mut shell = std::process::Command::new("sh");
    let script = format!(r#"{{ "$0" {command}; echo "code $?" >&2; }} | {reader}"#);
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_credsieve")]);
    let ended = run(shell, input);
    assert_eq!(ended.stderr, "code 0\n");
    lines(&ended.stdout).len()
}

#[test]
fn what_cannot_be_read_ends_with_1_and_what_is_not_understood_with_2() {
    let ended = run(credsieve(&["replay", "no-such-file"]), b"").with_code(1);
    assert!(ended.stderr.contains("no-such-file"), "{}", ended.stderr);
    run(credsieve(&["replay", "--no-such-flag"]), b"").with_code(2);
    run(credsieve(&["no-such-role"]), b"").with_code(2);
    run(credsieve(&[]), b"").with_code(2);
    run(credsieve(&["--help"]), b"").with_code(0);
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_option_that_names_it() {
    for option in ["--policy", "--lists", "--hash-seed-file"] {
        let mut command = credsieve(&["replay", option]);
        command.arg("nosuch").arg("-");
        let ended = run(command, b"").with_code(1);
        for part in ["nosuch", option] {
            assert!(ended.stderr.contains(part), "{option}: {}", ended.stderr);
        }
    }
}
