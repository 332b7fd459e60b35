//! `POST /v1/decide` of a running detector: answers while the stream runs, and refusals.

use crate::deployment::Deployment;
use crate::events::{attack_from, generated, now_ms};
use crate::http::Http;
use crate::process::until;
use std::sync::atomic::{AtomicBool, Ordering};

const ATTACKER: &str = "198.51.100.77";
const STRANGER: &str = r#"{"ip":"192.0.2.200","username":"alice"}"#;
const AT_HOME: &str = r#"{"ip":"192.0.2.200","username":"carol","device_id":"c1"}"#;

#[test]
fn an_address_under_attack_is_not_allowed_while_the_stream_runs() {
    let deployment = Deployment::new("decide", 1);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "decide,read");
    http.await_ready();
    let question = format!(r#"{{"ip":"{ATTACKER}","username":"alice"}}"#);
    let before = http.decide(&question);
    assert_eq!(before["decision"], "allow", "{before}");

    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| stream(&deployment, &stop));
        // Ends the stream also where an assertion fails.
        let ended = Finally(&stop);
        until("the block", || {
            http.decide(&question)["decision"] == "block"
        });
        let answer = http.decide(&question);
        assert_ne!(answer["attack"], "none", "{answer}");
        assert_eq!(answer["basis"], "engine");
        let reasons = answer["reasons"].to_string();
        assert!(reasons.contains(&format!("ip:{ATTACKER}")), "{answer}");
        let at_home = http.decide(AT_HOME);
        assert_eq!(at_home["decision"], "allow", "{at_home}");
        let decided = http.metric("credsieve_verdicts_total");
        until("more verdicts", || {
            http.metric("credsieve_verdicts_total") > decided
        });
        drop(ended);
    });
    let allowed = format!(r#"[{AT_HOME},{{"ip":"nowhere"}},{question}]"#);
    let batch = http.post("/v1/decide/batch", allowed).json(200);
    assert_eq!(batch["answers"][0]["decision"], "allow", "{batch}");
    assert_eq!(batch["answers"][1]["problem"]["status"], 422, "{batch}");
    assert_eq!(batch["answers"][2]["decision"], "block", "{batch}");
    detector.stop("TERM");
}

/// The logins of somebody at home over a day, five days ago.
fn logins_at_home() -> Vec<Vec<u8>> {
    let start_ms = now_ms() - 5 * 86_400_000;
    let login = |hour: i64| {
        let time = start_ms + hour * 3_600_000;
        format!(
            r#"{{"event_id":"home-{hour}","time":{time},"outcome":"success","ip":"192.0.2.200","username":"carol","device_id":"c1"}}"#
        )
    };
    (0..24).map(login).map(String::into_bytes).collect()
}

/// Other traffic of some days ago, and the attack of now in it, until it is told to stop; never far
/// ahead of the verdicts.
fn stream(deployment: &Deployment, stop: &AtomicBool) {
    deployment.produce(&logins_at_home());
    let others = generated(20_000, now_ms() - 4 * 86_400_000);
    for (turn, some) in others.chunks(200).enumerate() {
        let mut events = some.to_vec();
        events.extend(attack_from(ATTACKER, turn * 10..turn * 10 + 10));
        deployment.produce(&events);
        let produced = deployment.count("logins");
        until("the verdicts", || {
            stop.load(Ordering::Relaxed) || deployment.count("verdicts") + 1_000 > produced
        });
        if stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

struct Finally<'a>(&'a AtomicBool);

impl Drop for Finally<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn what_cannot_be_answered_is_refused_with_problem_details() {
    let deployment = Deployment::new("refused", 1);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "decide");
    http.await_ready();
    let nobody = Http::to(&detector.address());
    assert_eq!(nobody.get("/healthz").status, 200);
    for path in [
        "/v1/verdicts",
        "/v1/sessions",
        "/v1/lists",
        "/metrics",
        "/openapi.json",
    ] {
        nobody.get(path).expect_problem(401);
        http.get(path).expect_problem(403);
    }
    nobody.post("/v1/decide", STRANGER).expect_problem(401);
    let stranger = Http::to(&detector.address()).with_key("csk_aaaaaaaaaaaa_0000");
    stranger.post("/v1/decide", STRANGER).expect_problem(401);
    http.post_lines("/v1/events", b"{}\n").expect_problem(403);

    // Refused before it is read; still the caller must see the answer and no broken connection.
    let huge = format!(r#"{{"ip":"192.0.2.200","note":"{}"}}"#, "x".repeat(6 << 20));
    for _ in 0..10 {
        http.post("/v1/decide", huge.clone()).expect_problem(413);
        nobody.post("/v1/decide", huge.clone()).expect_problem(401);
    }
    http.post("/v1/decide", "{\"ip\":").expect_problem(400);
    http.post("/v1/decide", "[1]").expect_problem(400);
    let problem = http
        .post("/v1/decide", r#"{"ip":"nowhere"}"#)
        .expect_problem(422);
    assert!(problem.to_string().contains("ip"), "{problem}");
    http.post_lines("/v1/decide", STRANGER.as_bytes())
        .expect_problem(415);
    http.get("/v1/nothing").expect_problem(404);
    http.get("/v1/decide").expect_problem(405);
    assert_eq!(http.decide(STRANGER)["decision"], "allow");
    detector.stop("TERM");
}
