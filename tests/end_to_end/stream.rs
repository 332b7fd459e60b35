//! The stream: logins in from a real broker, verdicts out to it and to PostgreSQL.

use crate::deployment::Deployment;
use crate::events::{MANY, generated, honeypot};
use crate::process::{Process, until};
use crate::topics;
use crate::verdicts::{field, firsts, is_first};
use std::collections::BTreeSet;

#[test]
fn every_event_gets_one_verdict_the_one_that_replay_gives() {
    let events = honeypot();
    let deployment = Deployment::new("whole", 1);
    deployment.produce(&events);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with nothing remembered"),
        "{notes}"
    );
    deployment.await_verdicts(events.len());
    detector.stop("TERM");
    deployment.expect_what_replay_says(&events);
}

#[test]
fn a_stop_in_the_middle_and_a_restart_change_nothing() {
    let events = honeypot();
    let (first, second) = events.split_at(events.len() / 2);
    let deployment = Deployment::new("restart", 1);
    deployment.produce(first);
    let detector = deployment.start("detector");
    deployment.await_verdicts(1);
    detector.stop("TERM");
    assert!(deployment.state_file().is_file());

    deployment.produce(second);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with what the last one remembered"),
        "{notes}"
    );
    assert_eq!(http.metric("credsieve_state_restored"), 1);
    deployment.await_verdicts(events.len());
    detector.stop("TERM");
    deployment.expect_what_replay_says(&events);
}

#[test]
fn stops_wherever_they_come_change_nothing() {
    let events = generated(MANY, 1_740_000_000_000);
    let deployment = Deployment::new("stops", 1);
    deployment.produce(&events);
    let mut decided = 0;
    while decided < events.len() {
        let detector = deployment.start("detector");
        deployment.await_verdicts(decided + 1);
        detector.stop("TERM");
        decided = deployment.first_verdicts();
    }
    deployment.expect_what_replay_says(&events);
}

#[test]
fn a_second_detector_stands_by_and_takes_over() {
    let events = generated(6_000, 1_740_000_000_000);
    let (first, second) = events.split_at(events.len() / 2);
    let deployment = Deployment::new("standby", 1);
    deployment.produce(first);
    let active = deployment.start("detector");
    deployment.await_verdicts(1);
    let mut command = deployment.command(&["detector"]);
    let other_folder = tempfile::tempdir().expect("a folder for the test");
    command.env("CREDSIEVE_STATE_DIR", other_folder.path());
    let mut other = Process::start(command);
    let http = deployment.http(&mut other, "read");
    let notes = http.await_ready();
    assert!(notes.contains("standing by"), "{notes}");
    deployment.await_verdicts(first.len());
    assert_eq!(http.metric("credsieve_records_total"), 0);

    active.stop("TERM");
    deployment.produce(second);
    deployment.await_verdicts(events.len());
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with nothing remembered"),
        "{notes}"
    );
    other.stop("TERM");
    let verdicts = deployment.verdicts();
    assert_eq!(firsts(&verdicts), events.len());
    deployment.expect_rows_of(&verdicts);
}

#[test]
fn a_kill_in_the_middle_loses_no_event_and_stores_none_twice() {
    let events = generated(MANY, 1_740_000_000_000);
    let deployment = Deployment::new("killed", 1);
    deployment.produce(&events);
    let detector = deployment.start("detector");
    deployment.await_verdicts(2_000);
    // Dropped means killed: no drain, no commit, no state.
    drop(detector);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    let topic = deployment.topic("logins");
    until("everything is read", || {
        http.metric("credsieve_outcomes_total") > 0 && topics::lag(&topic, "killed") == 0
    });
    detector.stop("TERM");
    let events_of = |messages: &[topics::Message]| -> BTreeSet<String> {
        let lines = messages.iter().filter_map(|m| m.payload.clone());
        lines
            .map(|line| {
                field(
                    &String::from_utf8(line).expect("our own output"),
                    "event_id",
                )
            })
            .collect()
    };
    assert_eq!(events_of(&deployment.read("verdicts")).len(), events.len());
    let (mut whole, allowed) = deployment.stored();
    whole.retain(|row| row.verdict.revision == 0);
    assert_eq!(whole.len() + allowed, events.len());
}

#[test]
fn over_four_partitions_every_event_gets_one_verdict() {
    let events = generated(MANY, 1_740_000_000_000);
    let deployment = Deployment::new("four", 4);
    deployment.produce(&events);
    let detector = deployment.start("detector");
    deployment.await_verdicts(events.len());
    detector.stop("TERM");
    let verdicts = deployment.verdicts();
    // The order between partitions is nobody's promise; the ids do not depend on it. What is found
    // later does.
    let ids = |verdicts: &std::collections::BTreeMap<String, String>| -> BTreeSet<String> {
        let first = verdicts.values().filter(|v| is_first(v));
        first.map(|v| field(v, "verdict_id")).collect()
    };
    assert_eq!(ids(&verdicts), ids(&deployment.replay(&events)));
    deployment.expect_rows_of(&verdicts);
}
