//! Decisions.

use crate::house::{By, House, Plan, at_home, attack, json, now_ms, problem};
use credsieve_models::time::to_rfc3339;
use credsieve_store::Scope;
use reqwest::StatusCode;

const STUFFER: &str = "203.0.113.9";

fn under_attack(policy: &'static str) -> Plan {
    Plan {
        policy,
        seen: [at_home(), attack(STUFFER)].concat(),
        ..Plan::default()
    }
}

#[tokio::test]
async fn an_address_under_attack_gets_a_decision_with_its_reasons() {
    let house = House::of(under_attack("")).await;
    let key = house.key(&[Scope::Decide]).await;
    let question = format!(r#"{{"ip":"{STUFFER}","username":"bob","event_id":"q1"}}"#);
    let answer = house.post("/v1/decide", &key, question).await;
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(answer["decision"], "block", "{answer}");
    assert_eq!(answer["attack"], "credential_stuffing");
    assert_eq!(answer["basis"], "engine");
    assert_eq!(answer["mode"], "enforce");
    assert_eq!(answer["event_id"], "q1");
    assert_eq!(answer["as_of"], "2026-01-01T12:06:39.000Z");
    assert!(answer.get("would").is_none());
    assert!(answer["policy"].as_str().unwrap().starts_with("sha256:"));
    assert!(!answer["reasons"].as_array().unwrap().is_empty());
    let elsewhere = r#"{"ip":"198.51.100.7","username":"bob","device_id":"d7"}"#;
    let answer = json(
        house.post("/v1/decide", &key, elsewhere).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(answer["decision"], "allow", "{answer}");
    let key = house.key(&[Scope::Read]).await;
    let metrics = house.get("/metrics", &key).await.text().await.unwrap();
    for decision in ["block", "allow"] {
        let counted = format!(r#"credsieve_answers_total{{decision="{decision}"}} 1"#);
        assert!(metrics.contains(&counted), "{metrics}");
    }
}

#[tokio::test]
async fn a_question_is_answered_alike_however_its_name_is_padded() {
    let house = House::of(under_attack("")).await;
    let key = house.key(&[Scope::Decide]).await;
    for padding in [" ", r"\u0000", "\u{a0}", "x"] {
        let padding = padding.repeat(400);
        let question = format!(
            r#"{{"ip":"{STUFFER}","username":"bob{padding}","device_id":"a\u0000{padding}","session_id":"\ud800","endpoint":"{padding}/"}}"#
        );
        let answer = house.post("/v1/decide", &key, question).await;
        let answer = json(answer, StatusCode::OK).await;
        assert_eq!(answer["decision"], "block", "{answer}");
    }
    let agent = b"{\"ip\":\"203.0.113.9\",\"username\":\"bob\",\"user_agent\":\"\xff\"}".to_vec();
    let answer = house.post("/v1/decide", &key, agent).await;
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(answer["decision"], "block", "{answer}");
}

#[tokio::test]
async fn in_shadow_mode_the_answer_is_allow_and_says_what_it_would_be() {
    let house = House::of(under_attack("mode = \"shadow\"")).await;
    let key = house.key(&[Scope::Decide]).await;
    let question = format!(r#"{{"ip":"{STUFFER}","username":"bob"}}"#);
    let answer = json(
        house.post("/v1/decide", &key, question).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(answer["decision"], "allow");
    assert_eq!(answer["would"], "block");
    assert_eq!(answer["mode"], "shadow");
}

#[tokio::test]
async fn a_batch_answers_each_question_in_its_place() {
    let house = House::of(under_attack("")).await;
    let key = house.key(&[Scope::Decide]).await;
    let batch = format!(
        r#"[{{"ip":"{STUFFER}","event_id":"1"}},{{"ip":"nowhere"}},{{"ip":"198.51.100.7","username":"bob","device_id":"d7","event_id":"3"}}, 7]"#
    );
    let answer = house.post("/v1/decide/batch", &key, batch).await;
    let answers = json(answer, StatusCode::OK).await;
    let answers = answers["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["event_id"], "1");
    assert_ne!(answers[0]["decision"], "allow");
    assert_eq!(answers[1]["problem"]["field"], "ip");
    assert_eq!(answers[2]["decision"], "allow");
    assert_eq!(answers[3]["problem"]["status"], 400);
    let broken = house.post("/v1/decide/batch", &key, "[{]").await;
    problem(broken, 400, "syntax").await;
}

#[tokio::test]
async fn a_bad_question_says_what_was_expected_and_never_repeats_it() {
    let house = House::open().await;
    let key = house.key(&[Scope::Decide]).await;
    let answer = house.post("/v1/decide", &key, "{\"ip\":").await;
    let syntax = problem(answer, 400, "syntax").await;
    assert!(syntax["column"].is_number());
    let secret = r#"{"ip":"203.0.113.9","kind":"hunter2"}"#;
    let answer = house.post("/v1/decide", &key, secret).await;
    let field = problem(answer, 422, "bad-field").await;
    assert_eq!(field["field"], "kind");
    assert!(field["expected"].as_str().unwrap().contains("login"));
    assert!(!field.to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_busy_engine_tells_the_caller_to_fail_open() {
    let house = House::of(Plan {
        by: By::IdleEngine,
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Decide]).await;
    // One question takes the queue's only place and waits there until its second is over.
    let question = r#"{"ip":"203.0.113.9"}"#;
    let (one, other) = tokio::join!(
        house.post("/v1/decide", &key, question),
        house.post("/v1/decide", &key, question),
    );
    let mut kinds = Vec::new();
    for answer in [one, other] {
        let wait = answer.headers()["retry-after"].clone();
        let body = json(answer, StatusCode::SERVICE_UNAVAILABLE).await;
        kinds.push((body["type"].to_string(), wait.to_str().unwrap().to_owned()));
    }
    kinds.sort();
    assert_eq!(
        kinds,
        [
            ("\"urn:credsieve:problem:busy\"".to_owned(), "0".to_owned()),
            (
                "\"urn:credsieve:problem:timed-out\"".to_owned(),
                "1".to_owned()
            ),
        ]
    );
}

#[tokio::test]
async fn a_replica_that_knows_nothing_allows() {
    let house = House::of(Plan {
        by: By::Replica,
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Decide]).await;
    let question = r#"{"ip":"203.0.113.9","username":"bob"}"#;
    let answer = json(
        house.post("/v1/decide", &key, question).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(answer["decision"], "allow");
    assert_eq!(answer["basis"], "replica");
}

#[tokio::test]
async fn an_engine_that_has_seen_nothing_answers_as_of_the_question() {
    let house = House::open().await;
    let key = house.key(&[Scope::Decide]).await;
    let before = to_rfc3339(now_ms());
    let answer = house
        .post("/v1/decide", &key, r#"{"ip":"198.51.100.7"}"#)
        .await;
    let answer = json(answer, StatusCode::OK).await;
    assert!(
        answer["as_of"].as_str().unwrap() >= before.as_str(),
        "{answer}"
    );
}

#[tokio::test]
async fn a_misspelt_field_of_a_question_is_named_in_its_answer() {
    let house = House::open().await;
    let key = house.key(&[Scope::Decide]).await;
    let (right, misspelt) = (
        r#"{"ip":"198.51.100.7","user_agent":"x"}"#,
        r#"{"ip":"198.51.100.7","user_agnet":"x"}"#,
    );
    let answer = house.post("/v1/decide", &key, misspelt).await;
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(answer["decision"], "allow", "{answer}");
    assert_eq!(answer["unknown_fields"][0], "user_agnet", "{answer}");
    let batch = format!("[{right},{misspelt}]");
    let answers = house.post("/v1/decide/batch", &key, batch).await;
    let answers = json(answers, StatusCode::OK).await;
    assert!(answers["answers"][0].get("unknown_fields").is_none());
    let named = &answers["answers"][1]["unknown_fields"];
    assert_eq!(named[0], "user_agnet", "{answers}");
}
