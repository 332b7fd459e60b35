//! `credsieve load-test`: labelled traffic to a file, to HTTP and to Kafka.

use crate::deployment::Deployment;
use crate::events::lines;
use crate::process::{credsieve, run};
use crate::verdicts::{firsts, replay};
use credsieve_testkit::kafka::KafkaBroker;

#[test]
fn traffic_in_a_file_is_replayed_and_held_against_its_labels() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let labels = folder.path().join("labels.csv");
    let mut command = credsieve(&["load-test", "--events", "5000", "--people", "2000"]);
    command.arg("--labels").arg(&labels).args(["file", "-"]);
    let events = run(command, b"").with_code(0).stdout;
    assert_eq!(lines(&events).len(), 5_000);
    let verdicts = replay(&events, None).stdout;
    let mut command = credsieve(&["evaluate"]);
    command.arg(&labels).arg("-");
    let report = run(command, &verdicts).with_code(0).text();
    assert!(report.contains("spray"), "{report}");
}

#[test]
fn a_running_detector_is_driven_over_kafka_and_over_http() {
    let deployment = Deployment::new("driven", 2);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    http.await_ready();
    let traffic = ["load-test", "--people", "500", "--events"];
    let topics = [
        ("--topic", deployment.topic("logins")),
        ("--verdicts", deployment.topic("verdicts")),
    ];
    let mut command = credsieve(&traffic);
    command.args(["2000", "kafka", "--rate", "0", "--json"]);
    command.args(["--group", "driven"]);
    command.args(["--pid", &detector.pid().to_string()]);
    for (flag, topic) in &topics {
        command.args([*flag, topic]);
    }
    command.arg(KafkaBroker::shared().bootstrap());
    let measured = run(command, b"").with_code(0).text();
    let measured: serde_json::Value = serde_json::from_str(&measured).expect("JSON");
    assert_eq!(measured["sent"], 2_000);
    assert_eq!(measured["lost"], 0);
    assert_eq!(measured["latency"]["measured"], 2_000);
    assert_eq!(measured["lag"]["judged"], 2_000);
    assert_eq!(measured["lag"]["at_end"], 0);
    let cpu = measured["process"]["cpu_microseconds_per_event"].as_f64();
    assert!(cpu.is_some_and(|cpu| cpu > 0.0), "{measured}");
    assert_eq!(firsts(&deployment.verdicts()), 2_000);

    let create = [
        "keys",
        "create",
        "--name",
        "load",
        "--scopes",
        "ingest,decide",
    ];
    let key = run(deployment.command(&create), b"").with_code(0).text();
    for (endpoint, batch) in [("events", "50"), ("decide", "1"), ("decide", "100")] {
        let mut command = credsieve(&traffic);
        command.args(["1000", "--seed", "2", "http", "--rate", "0"]);
        command.args(["--endpoint", endpoint, "--batch", batch]);
        command.args(["--key", key.trim()]);
        command.arg(format!("http://{}", detector.address()));
        run(command, b"").with_code(0);
    }
    deployment.await_verdicts(3_000);
    detector.stop("TERM");
    assert_eq!(firsts(&deployment.verdicts()), 3_000);
}
