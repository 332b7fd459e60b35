//! Verdicts, entities, sessions and numbers.

use crate::house::{House, Plan, attack, blocked, json, problem};
use credsieve_store::Scope;
use reqwest::StatusCode;
use serde_json::Value;

async fn with_verdicts() -> (House, String) {
    let house = House::open().await;
    let outcomes: Vec<_> = (0..5).map(|n| blocked(n, 7, "bob")).collect();
    house.store.write(&outcomes).await.unwrap();
    house.store.write(&[blocked(9, 8, "eve")]).await.unwrap();
    let key = house.key(&[Scope::Admin]).await;
    (house, key)
}

#[tokio::test]
async fn cursors_lead_through_every_verdict_once() {
    let (house, key) = with_verdicts().await;
    let mut path = "/v1/verdicts?limit=4".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = json(house.get(&path, &key).await, StatusCode::OK).await;
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|item| item["event_id"].to_string()));
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/verdicts?limit=4&cursor={next}"),
            None => break,
        }
    }
    let newest_first = [8, 4, 3, 2, 1, 0].map(|n| {
        let (session, n) = if n == 8 { (8, 9) } else { (7, n) };
        format!("\"{session}-{n}\"")
    });
    assert_eq!(seen, newest_first);
}

#[tokio::test]
async fn verdicts_are_found_by_each_filter() {
    let (house, key) = with_verdicts().await;
    for (query, count) in [
        ("user=%20BOB", 5),
        ("ip=203.0.113.9", 6),
        ("ip=203.0.113.10", 0),
        ("decision=block&attack=credential_stuffing", 6),
        ("decision=challenge", 0),
        ("session=00000000000000000000000000000008", 1),
        ("tenant=other", 0),
        ("from=2026-01-01T12:00:01Z&to=2026-01-01T12:00:04Z", 3),
    ] {
        let answer = house.get(&format!("/v1/verdicts?{query}"), &key).await;
        let page = json(answer, StatusCode::OK).await;
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn an_entity_shows_its_counters_and_why() {
    let house = House::of(Plan {
        seen: attack("203.0.113.9"),
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Read]).await;
    let answer = house.get("/v1/entities/ip/203.0.113.9", &key).await;
    let entity = json(answer, StatusCode::OK).await;
    assert_eq!(entity["entity"], "ip:203.0.113.9");
    assert!(!entity["counters"].as_array().unwrap().is_empty());
    assert!(!entity["reasons"].as_array().unwrap().is_empty());
    assert_eq!(entity["decision"], "block", "{entity}");
    let answer = house.get("/v1/entities/net/203.0.113.0%2F24", &key).await;
    let net = json(answer, StatusCode::OK).await;
    assert_eq!(net["entity"], "net:203.0.113.0/24");
    let answer = house.get("/v1/entities/user/%20User7", &key).await;
    json(answer, StatusCode::OK).await;
    let answer = house.get("/v1/entities/ip/198.51.100.1", &key).await;
    problem(answer, 404, "not-found").await;
    let answer = house.get("/v1/entities/ip/nowhere", &key).await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "key");
    let answer = house.get("/v1/entities/planet/x", &key).await;
    let problem = problem(answer, 422, "bad-field").await;
    assert_eq!(problem["field"], "dimension");
}

async fn review(house: &House, key: &str, body: &str) -> reqwest::Response {
    let path = "/v1/sessions/00000000000000000000000000000007/review";
    house.post(path, key, body.to_owned()).await
}

async fn session(house: &House, key: &str) -> Value {
    let path = "/v1/sessions/00000000000000000000000000000007";
    json(house.get(path, key).await, StatusCode::OK).await
}

#[tokio::test]
async fn a_stale_review_gets_409_and_loses_nothing() {
    let (house, key) = with_verdicts().await;
    let version = session(&house, &key).await["version"].as_i64().unwrap();
    let first = format!(r#"{{"verdict":"attack","note":"seen before","version":{version}}}"#);
    let reviewed = json(review(&house, &key, &first).await, StatusCode::OK).await;
    assert_eq!(reviewed["review"]["verdict"], "attack");
    assert_eq!(reviewed["review"]["author"], "tester");
    let second = format!(r#"{{"verdict":"honest","version":{version}}}"#);
    let stale = problem(review(&house, &key, &second).await, 409, "stale-version").await;
    assert_eq!(stale["current_version"], reviewed["version"]);
    let now = session(&house, &key).await;
    assert_eq!(now["review"]["verdict"], "attack");
    assert_eq!(now["review"]["note"], "seen before");
    let reviewed = house.get("/v1/sessions?reviewed=true", &key).await;
    let reviewed = json(reviewed, StatusCode::OK).await;
    assert_eq!(reviewed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_reviewers_at_once_one_is_told() {
    let (house, key) = with_verdicts().await;
    let version = session(&house, &key).await["version"].as_i64().unwrap();
    let body = format!(r#"{{"verdict":"attack","version":{version}}}"#);
    let (one, other) = tokio::join!(review(&house, &key, &body), review(&house, &key, &body));
    let mut statuses = [one.status().as_u16(), other.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn a_review_needs_a_version_a_verdict_and_known_fields() {
    let (house, key) = with_verdicts().await;
    let answer = review(&house, &key, r#"{"verdict":"attack"}"#).await;
    problem(answer, 428, "no-version").await;
    let answer = review(&house, &key, r#"{"verdict":"war","version":1}"#).await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "verdict");
    let answer = review(&house, &key, r#"{"verdict":"test","version":"1"}"#).await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "version");
    let answer = review(&house, &key, r#"{"verdict":"test","version":1,"nite":"x"}"#).await;
    problem(answer, 400, "syntax").await;
    let path = "/v1/sessions/000000000000000000000000000000ff/review";
    let answer = house
        .post(path, &key, r#"{"verdict":"test","version":1}"#)
        .await;
    problem(answer, 404, "not-found").await;
}

#[tokio::test]
async fn numbers_are_merged_over_the_range() {
    let (house, key) = with_verdicts().await;
    let range = "from=2026-01-01T12:00:00Z&to=2026-01-01T13:00:00Z";
    let path = format!("/v1/stats/distinct?of=users&{range}");
    let users = json(house.get(&path, &key).await, StatusCode::OK).await;
    assert_eq!(users["distinct"], 6);
    let path = format!("/v1/stats/distinct?of=addresses&asn=64500&{range}");
    let addresses = json(house.get(&path, &key).await, StatusCode::OK).await;
    assert_eq!(addresses["distinct"], 1);
    let path = format!("/v1/stats/allows?{range}");
    let allows = json(house.get(&path, &key).await, StatusCode::OK).await;
    assert!(allows["items"].as_array().unwrap().is_empty());
    let answer = house.get("/v1/stats/distinct?of=moods", &key).await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "of");
}
