//! `credsieve api`: a second process that does not see the stream.

use crate::deployment::Deployment;
use crate::events::attack_from;
use crate::process::until;
use serde_json::json;

const ATTACKER: &str = "198.51.100.79";
const DENIED: &str = "192.0.2.79";

#[test]
fn an_api_node_answers_from_the_risk_topic_and_its_lists_reach_the_detector() {
    let deployment = Deployment::new("node", 2);
    let mut detector = deployment.start("detector");
    let mut node = deployment.start("api");
    let engine = deployment.http(&mut detector, "decide,read");
    let replica = deployment.http(&mut node, "decide,read,admin,ingest");
    engine.await_ready();
    replica.await_ready();
    let question = format!(r#"{{"ip":"{ATTACKER}","username":"alice"}}"#);
    let before = replica.decide(&question);
    assert_eq!(before["basis"], "replica", "{before}");
    assert_eq!(before["decision"], "allow", "{before}");

    // Events through the node reach the detector by the broker.
    let attack = crate::events::ndjson(&attack_from(ATTACKER, 0..100));
    let taken = replica.post_lines("/v1/events", &attack).json(200);
    assert_eq!(taken["accepted"], 100, "{taken}");
    deployment.await_verdicts(100);
    until("the replica's decision", || {
        replica.decide(&question)["decision"] != "allow"
    });
    let answer = replica.decide(&question);
    assert_eq!(answer["basis"], "replica");
    assert!(
        !answer["reasons"].as_array().expect("reasons").is_empty(),
        "{answer}"
    );
    assert_eq!(engine.decide(&question)["basis"], "engine");

    // A list entry made at the node comes into force in both.
    let denied = format!(r#"{{"ip":"{DENIED}","username":"alice"}}"#);
    assert_eq!(engine.decide(&denied)["decision"], "allow");
    let entry =
        json!({"action": "deny", "dimension": "address", "value": DENIED, "reason": "test"});
    let entry = replica.post("/v1/lists", entry.to_string()).json(201);
    for http in [&engine, &replica] {
        until("the list", || http.decide(&denied)["decision"] == "block");
    }
    let listed = engine.get("/v1/lists").json(200);
    assert_eq!(listed["items"][0]["id"], entry["id"]);
    node.stop("TERM");
    detector.stop("TERM");

    // A node that starts later reads the topics from their beginning.
    let mut node = deployment.start("api");
    let replica = deployment.http(&mut node, "decide");
    replica.await_ready();
    assert_eq!(replica.decide(&denied)["decision"], "block");
    assert_eq!(replica.decide(&question)["decision"], answer["decision"]);
    node.stop("TERM");
}
