//! Sessions and their reviews, through the API of a running detector.

use crate::deployment::Deployment;
use crate::events::attack_from;
use serde_json::{Value, json};

const ATTACKER: &str = "198.51.100.78";

#[test]
fn a_session_is_reviewed_and_a_stale_review_changes_nothing() {
    let deployment = Deployment::new("review", 1);
    deployment.produce(&attack_from(ATTACKER, 0..100));
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read,admin");
    deployment.await_verdicts(100);
    crate::process::until("all outcomes", || {
        http.metric("credsieve_outcomes_total") == 100
    });

    let path = format!("/v1/sessions?ip={ATTACKER}&reviewed=false");
    let page = http.get(&path).json(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
    let session = &page["items"][0];
    assert!(session["attempts"].as_i64() > Some(50), "{session}");
    let id = session["session_id"].as_str().expect("an id");
    let review_path = format!("/v1/sessions/{id}/review");
    let review =
        json!({"verdict": "attack", "note": "a list of names", "version": session["version"]});
    let reviewed = http.post(&review_path, review.to_string()).json(200);
    assert_eq!(reviewed["review"]["verdict"], "attack");
    assert_eq!(reviewed["review"]["author"], "test");

    // The same version again: somebody who has not seen the first review.
    let stale = json!({"verdict": "honest", "note": "our own", "version": session["version"]});
    for again in [&review, &stale] {
        http.post(&review_path, again.to_string())
            .expect_problem(409);
    }
    let now: Value = http.get(&format!("/v1/sessions/{id}")).json(200);
    assert_eq!(now, reviewed, "nothing is lost");
    assert_eq!(now["attempts"], session["attempts"]);

    let next = json!({"verdict": "test", "version": reviewed["version"]});
    let next = http.post(&review_path, next.to_string()).json(200);
    assert_eq!(next["review"]["verdict"], "test");
    let verdicts = http
        .get(&format!("/v1/verdicts?session={id}&limit=1000"))
        .json(200);
    let verdicts = verdicts["items"].as_array().map(Vec::len);
    assert_eq!(verdicts.map(|n| n as u64), session["attempts"].as_u64());
    detector.stop("TERM");
}

#[test]
fn of_two_reviewers_at_once_one_is_told_that_the_other_was_first() {
    let deployment = Deployment::new("reviewers", 1);
    deployment.produce(&attack_from(ATTACKER, 0..100));
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read,admin");
    deployment.await_verdicts(100);
    crate::process::until("all outcomes", || {
        http.metric("credsieve_outcomes_total") == 100
    });
    let session = http.get("/v1/sessions").json(200)["items"][0].clone();
    let id = session["session_id"].as_str().expect("an id");
    let path = format!("/v1/sessions/{id}/review");
    let ask = |verdict: &str| {
        let review = json!({"verdict": verdict, "version": session["version"]});
        (verdict.to_owned(), http.post(&path, review.to_string()))
    };
    let answers = std::thread::scope(|scope| {
        let ask = &ask;
        let both = ["attack", "honest"].map(|verdict| scope.spawn(move || ask(verdict)));
        both.map(|thread| thread.join().expect("an answer"))
    });
    let mut statuses: Vec<u16> = answers.iter().map(|(_, reply)| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let first = answers.iter().find(|(_, reply)| reply.status == 200);
    let now = http.get(&format!("/v1/sessions/{id}")).json(200);
    assert_eq!(now["review"]["verdict"], first.expect("one").0.as_str());
    detector.stop("TERM");
}
