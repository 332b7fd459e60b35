//! Lists: made, changed, removed, and heard of by the engine.

use crate::house::{House, Plan, json, now_ms, problem, quiet};
use credsieve_models::time::to_rfc3339;
use credsieve_store::Scope;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH, LOCATION};
use reqwest::{Method, Response, StatusCode};
use std::sync::atomic::Ordering;

async fn send(house: &House, method: Method, path: &str, key: &str, body: &str) -> Response {
    house
        .request(method, path, key)
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
}

async fn decision(house: &House, key: &str) -> String {
    let question = r#"{"ip":"198.51.100.7"}"#;
    let answer = house.post("/v1/decide", key, question).await;
    json(answer, StatusCode::OK).await["decision"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A house whose engine stands at one minute past noon.
async fn house() -> (House, String) {
    let house = House::of(Plan {
        seen: quiet(),
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Admin, Scope::Decide]).await;
    (house, key)
}

const DENY: &str = r#"{"action":"deny","dimension":"cidr","value":"198.51.100.0/24","reason":"test","holds_from":"2026-01-01T00:00:00Z""#;

#[tokio::test]
async fn an_entry_holds_from_its_making_to_its_removal() {
    let (house, key) = house().await;
    assert_eq!(decision(&house, &key).await, "allow");
    let made = send(
        &house,
        Method::POST,
        "/v1/lists",
        &key,
        &format!("{DENY}}}"),
    )
    .await;
    assert_eq!(made.headers()[ETAG], "\"1\"");
    let path = made.headers()[LOCATION].to_str().unwrap().to_owned();
    let made = json(made, StatusCode::CREATED).await;
    assert_eq!(made["author"], "tester");
    assert_eq!(decision(&house, &key).await, "block");

    let changed = DENY.replace("deny", "allow");
    let changed = format!("{changed},\"version\":1}}");
    let answer = send(&house, Method::PUT, &path, &key, &changed).await;
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(
        (&answer["version"], &answer["action"]),
        (&2.into(), &"allow".into())
    );
    assert_eq!(answer["created_at"], made["created_at"]);
    assert_eq!(decision(&house, &key).await, "allow");

    let list = json(house.get("/v1/lists", &key).await, StatusCode::OK).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let one = json(house.get(&path, &key).await, StatusCode::OK).await;
    assert_eq!(one["version"], 2);

    let stale = house
        .request(Method::DELETE, &path, &key)
        .header(IF_MATCH, "\"1\"");
    let stale = problem(stale.send().await.unwrap(), 409, "stale-version").await;
    assert_eq!(stale["current_version"], 2);
    let gone = house
        .request(Method::DELETE, &path, &key)
        .header(IF_MATCH, "\"2\"");
    assert_eq!(gone.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    problem(house.get(&path, &key).await, 404, "not-found").await;
}

#[tokio::test]
async fn an_expired_entry_says_nothing() {
    let (house, key) = house().await;
    let body = format!("{DENY},\"expires_at\":\"2026-01-01T12:00:30Z\"}}");
    let made = send(&house, Method::POST, "/v1/lists", &key, &body).await;
    json(made, StatusCode::CREATED).await;
    assert_eq!(decision(&house, &key).await, "allow");
    let body = format!("{DENY},\"expires_at\":\"2026-01-01T13:00:00Z\"}}");
    let made = send(&house, Method::POST, "/v1/lists", &key, &body).await;
    json(made, StatusCode::CREATED).await;
    assert_eq!(decision(&house, &key).await, "block");
}

#[tokio::test]
async fn a_change_needs_the_version_that_it_is_based_on() {
    let (house, key) = house().await;
    let body = format!("{DENY}}}");
    let made = send(&house, Method::POST, "/v1/lists", &key, &body).await;
    let path = made.headers()[LOCATION].to_str().unwrap().to_owned();
    let answer = send(&house, Method::PUT, &path, &key, &body).await;
    problem(answer, 428, "no-version").await;
    let answer = send(&house, Method::DELETE, &path, &key, "").await;
    problem(answer, 428, "no-version").await;
    let stale = format!("{DENY},\"version\":7}}");
    let answer = send(&house, Method::PUT, &path, &key, &stale).await;
    problem(answer, 409, "stale-version").await;
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_before_it_is_stored() {
    let (house, key) = house().await;
    for (body, field) in [
        (r#"{"dimension":"cidr","value":"x"}"#, "action"),
        (r#"{"action":"deny","value":"x"}"#, "dimension"),
        (
            r#"{"action":"deny","dimension":"cidr","value":"10.0.0.0/33"}"#,
            "value",
        ),
        (
            r#"{"action":"deny","dimension":"asn","value":"1","expires_at":"soon"}"#,
            "expires_at",
        ),
        (
            r#"{"action":"deny","dimension":"asn","value":"1","holds_from":1767268800000,"expires_at":1767268800000}"#,
            "expires_at",
        ),
        (
            r#"{"action":"deny","dimension":"asn","value":"1","reason":"a\nb"}"#,
            "reason",
        ),
        (
            r#"{"action":"deny","dimension":"asn","value":"1","endpoint":"a\u001b[2K"}"#,
            "endpoint",
        ),
        (
            r#"{"action":"deny","dimension":"asn","value":"1","tenant":"a\r"}"#,
            "tenant",
        ),
    ] {
        let answer = send(&house, Method::POST, "/v1/lists", &key, body).await;
        assert_eq!(problem(answer, 422, "bad-field").await["field"], field);
    }
    let list = json(house.get("/v1/lists", &key).await, StatusCode::OK).await;
    assert!(list["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn without_a_beginning_an_entry_holds_from_now() {
    let (house, key) = house().await;
    let before = to_rfc3339(now_ms());
    let body = r#"{"action":"allow","dimension":"user","value":"Bob"}"#;
    let made = send(&house, Method::POST, "/v1/lists", &key, body).await;
    let made = json(made, StatusCode::CREATED).await;
    assert!(made["holds_from"].as_str().unwrap() >= before.as_str());
    assert_eq!(made["holds_from"], made["created_at"]);
}

#[tokio::test]
async fn what_was_stored_but_not_published_is_published_by_the_same_put() {
    let (house, key) = house().await;
    house.lists.broken.store(true, Ordering::Relaxed);
    let body = format!("{DENY}}}");
    let answer = send(&house, Method::POST, "/v1/lists", &key, &body).await;
    let told = problem(answer, 503, "not-published").await;
    assert_eq!(told["current_version"], 1);
    let path = format!("/v1/lists/{}", told["id"].as_str().unwrap());
    assert_eq!(decision(&house, &key).await, "allow");

    let put = format!("{DENY},\"endpoint\":\"\",\"version\":1}}");
    let answer = send(&house, Method::PUT, &path, &key, &put).await;
    problem(answer, 503, "not-published").await;
    house.lists.broken.store(false, Ordering::Relaxed);
    let answer = send(&house, Method::PUT, &path, &key, &put).await;
    assert_eq!(json(answer, StatusCode::OK).await["version"], 2);
    assert_eq!(decision(&house, &key).await, "block");

    house.lists.broken.store(true, Ordering::Relaxed);
    let delete = format!("{path}?version=2");
    let answer = send(&house, Method::DELETE, &delete, &key, "").await;
    problem(answer, 503, "not-published").await;
    assert_eq!(decision(&house, &key).await, "block");
    house.lists.broken.store(false, Ordering::Relaxed);
    let answer = send(&house, Method::DELETE, &delete, &key, "").await;
    problem(answer, 404, "not-found").await;
    assert_eq!(decision(&house, &key).await, "allow");
}

#[tokio::test]
async fn an_entry_that_would_end_before_it_begins_is_refused() {
    let (house, key) = house().await;
    let body = r#"{"action":"deny","dimension":"cidr","value":"198.51.100.0/24","reason":"test","expires_at":"2020-01-01T00:00:00Z"}"#;
    let refused = send(&house, Method::POST, "/v1/lists", &key, body).await;
    let problem = problem(refused, 422, "bad-field").await;
    assert_eq!(problem["field"], "expires_at");
}
