use super::*;

const LABELS: &str = "\
event_id,attack,class,outcome,time,username
p1,0,home,success,0.0,ada
a1,1,spray,failure,10.0,ada
a2,1,spray,failure,12.5,bela
a3,1,spray,success,14.0,cato
p2,0,home,failure,20.0,ada
p3,0,office,success,21.0,dara
";

fn line(event_id: &str, revision: u32, decision: &str) -> String {
    format!("{{\"event_id\":\"{event_id}\",\"revision\":{revision},\"decision\":\"{decision}\"}}\n")
}

fn truths() -> Vec<Truth> {
    labels::read(LABELS.as_bytes(), "labels.csv").unwrap()
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

#[test]
fn each_event_counts_at_once_by_its_first_verdict_and_in_the_end_by_its_last() {
    let report = evaluate(truths(), verdicts().as_bytes(), "v", 0.0).unwrap();
    let names: Vec<&str> = report
        .classes
        .iter()
        .map(|class| class.class.as_str())
        .collect();
    assert_eq!(names, ["home", "office", "spray"]);
    let spray = &report.classes[2];
    assert_eq!(
        spray.at_once,
        Decisions {
            allowed: 2,
            challenged: 0,
            blocked: 1
        }
    );
    assert_eq!(
        spray.in_the_end,
        Decisions {
            allowed: 1,
            challenged: 1,
            blocked: 1
        }
    );
    assert_eq!(
        (spray.first_caught, spray.first_caught_seconds),
        (Some(2), Some(2.5))
    );
    let (people, _) = report.total(false);
    assert_eq!(
        people,
        Decisions {
            allowed: 2,
            challenged: 1,
            blocked: 0
        }
    );
    assert_eq!(report.thieves_at_once.caught(), 0);
    assert_eq!(report.thieves_in_the_end.caught(), 1);
    assert_eq!((report.missing, report.unknown, report.repeated), (0, 0, 0));
    let table = report.to_string();
    for shown in ["spray", "66.67", "people", "thieves"] {
        assert!(table.contains(shown), "{shown} is not in\n{table}");
    }
}

#[test]
fn a_revision_that_comes_before_the_verdict_it_revises_counts_the_same() {
    let mut lines: Vec<String> = verdicts().lines().map(|line| format!("{line}\n")).collect();
    lines.reverse();
    let forwards = evaluate(truths(), verdicts().as_bytes(), "v", 0.0).unwrap();
    let backwards = evaluate(truths(), lines.concat().as_bytes(), "v", 0.0).unwrap();
    assert_eq!(forwards, backwards);
}

#[test]
fn missing_unknown_and_repeated_verdicts_are_counted() {
    let lines = [
        line("p1", 0, "allow"),
        line("p1", 0, "allow"),
        line("x", 0, "block"),
    ]
    .concat();
    let report = evaluate(truths(), lines.as_bytes(), "v", 0.0).unwrap();
    assert_eq!((report.missing, report.unknown, report.repeated), (5, 1, 1));
    assert_eq!(report.unknown_ids, ["x"]);
    assert_eq!(report.missing_ids.len(), EXAMPLES);
}

#[test]
fn what_came_before_the_start_is_left_out_but_known() {
    let report = evaluate(truths(), verdicts().as_bytes(), "v", 13.0).unwrap();
    assert_eq!((report.left_out, report.missing, report.unknown), (3, 0, 0));
    assert_eq!(report.total(true).0.total(), 1);
}

#[test]
fn a_line_that_is_no_verdict_is_named_with_its_file() {
    let lines = line("p1", 0, "allow") + "{\"event_id\":\"p2\"}\n";
    let error = evaluate(truths(), lines.as_bytes(), "verdicts.ndjson", 0.0).unwrap_err();
    assert!(
        format!("{error:#}").starts_with("verdicts.ndjson, line 2: no verdict"),
        "{error:#}"
    );
}

#[test]
fn an_event_with_two_labels_is_refused() {
    let twice = [truths(), truths()].concat();
    let error = evaluate(twice, &b""[..], "v", 0.0).unwrap_err();
    assert!(error.to_string().contains("two labels"), "{error}");
}

#[test]
fn the_run_fails_when_labels_and_verdicts_do_not_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let labels = write("labels.csv", LABELS);
    let whole = write("whole.ndjson", &verdicts());
    let cut = write("cut.ndjson", &line("p1", 0, "allow"));
    let args = |verdicts: &PathBuf| EvaluateArgs {
        labels: labels.clone(),
        verdicts: verdicts.clone(),
        from: 0.0,
    };
    run_evaluate(&args(&whole)).unwrap();
    let error = run_evaluate(&args(&cut)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("5 labelled events have no verdict"),
        "{error}"
    );
}

#[test]
fn labels_of_a_real_log_are_read_whole() {
    let Some(folder) = std::env::var_os("CREDSIEVE_DATA") else {
        println!("skipped: CREDSIEVE_DATA names no folder with real logs");
        return;
    };
    let path = Path::new(&folder).join("ssh-auth-log/labels.csv");
    let truths = labels::read(open(&path).unwrap(), "labels.csv").unwrap();
    assert_eq!(truths.len(), 1_268);
    assert_eq!(truths.iter().filter(|truth| truth.attack).count(), 869);
    let lines: String = truths
        .iter()
        .map(|truth| line(&truth.event_id, 0, "allow"))
        .collect();
    let report = evaluate(truths, lines.as_bytes(), "v", 0.0).unwrap();
    assert_eq!(report.total(true).0.allowed, 869);
    assert_eq!((report.missing, report.unknown), (0, 0));
}
