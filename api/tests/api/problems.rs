//! Whatever goes wrong is a problem, and says no more than it should.

use crate::house::{By, House, Plan, json, problem};
use credsieve_store::Scope;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode};
use serde_json::Value;

#[tokio::test]
async fn nothing_but_health_answers_without_a_key() {
    let house = House::open().await;
    for (method, path) in credsieve_api::routes() {
        let path = path
            .replace("{dimension}", "ip")
            .replace("{key}", "203.0.113.9");
        let url = format!("{}{path}", house.url);
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = house.client.request(method, url).send().await.unwrap();
        if matches!(path.as_str(), "/healthz" | "/readyz") {
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
        } else {
            let challenge = answer.headers()[WWW_AUTHENTICATE].clone();
            assert_eq!(challenge, "Bearer realm=\"credsieve\"");
            problem(answer, 401, "no-key").await;
        }
    }
}

#[tokio::test]
async fn wrong_revoked_and_broken_keys_are_refused_alike() {
    let house = House::open().await;
    let good = house.key(&[Scope::Read]).await;
    json(house.get("/v1/lists", &good).await, StatusCode::OK).await;
    let mut forged = good.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == '0' { '1' } else { '0' });
    for key in [forged.as_str(), "csk_", "password", &good[..40]] {
        problem(house.get("/v1/lists", key).await, 401, "bad-key").await;
    }
    let basic = house
        .client
        .get(format!("{}/v1/lists", house.url))
        .header(AUTHORIZATION, "Basic dXNlcjpwYXNz");
    problem(basic.send().await.unwrap(), 401, "bad-key").await;
    house.revoke(&good).await;
    problem(house.get("/v1/lists", &good).await, 401, "bad-key").await;
}

#[tokio::test]
async fn a_scope_opens_its_own_routes_only() {
    let house = House::open().await;
    let decide = house.key(&[Scope::Decide]).await;
    let read = house.key(&[Scope::Read]).await;
    let admin = house.key(&[Scope::Admin]).await;
    problem(house.get("/v1/lists", &decide).await, 403, "wrong-scope").await;
    problem(house.get("/metrics", &decide).await, 403, "wrong-scope").await;
    let question = r#"{"ip":"203.0.113.9"}"#;
    for key in [&read, &admin] {
        let answer = house.post("/v1/decide", key, question).await;
        problem(answer, 403, "wrong-scope").await;
    }
    problem(
        house.post("/v1/lists", &read, "{}").await,
        403,
        "wrong-scope",
    )
    .await;
    json(house.get("/v1/lists", &admin).await, StatusCode::OK).await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let house = House::open().await;
    let read = house.key(&[Scope::Read, Scope::Decide]).await;
    problem(house.get("/v1/nothing", &read).await, 404, "no-route").await;
    let answer = house.get("/v1/decide", &read).await;
    assert_eq!(answer.headers()["allow"], "POST");
    problem(answer, 405, "method").await;
    let answer = house.request(Method::PATCH, "/v1/lists", &read);
    problem(answer.send().await.unwrap(), 405, "method").await;
}

fn says(problem: &Value, what: &str) {
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(what), "{detail}");
}

#[tokio::test]
async fn bodies_of_another_type_or_too_large_are_problems() {
    let house = House::open().await;
    let key = house.key(&[Scope::Decide, Scope::Ingest]).await;
    let plain = house
        .request(Method::POST, "/v1/decide", &key)
        .body(r#"{"ip":"203.0.113.9"}"#);
    problem(plain.send().await.unwrap(), 415, "media-type").await;
    let form = house
        .request(Method::POST, "/v1/events", &key)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("a=b");
    problem(form.send().await.unwrap(), 415, "media-type").await;
    let large = format!("[{}", " ".repeat(1024 * 1024));
    let answer = house.post("/v1/decide/batch", &key, large).await;
    let told = problem(answer, 413, "too-large").await;
    says(&told, "at most 1 MiB");
    let many = format!("[{}{{}}]", "{},".repeat(1_000));
    let answer = house.post("/v1/decide/batch", &key, many).await;
    let told = problem(answer, 413, "too-large").await;
    says(&told, "at most 1,000 questions");
    let many = format!("[{}{{}}]", "{},".repeat(10_000));
    let answer = house.post("/v1/events", &key, many).await;
    let told = problem(answer, 413, "too-large").await;
    says(&told, "at most 10,000 events");
    let record = format!(
        r#"{{"ip":"203.0.113.9","user_agent":"{}"}}"#,
        "x".repeat(70_000)
    );
    let answer = house.post("/v1/decide", &key, record).await;
    problem(answer, 413, "too-large").await;
}

#[tokio::test]
async fn a_nul_in_the_address_is_refused_before_the_store_sees_it() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    for path in [
        "/v1/verdicts?user=a%00",
        "/v1/verdicts?tenant=%00",
        "/v1/stats/distinct?of=users&tenant=%00",
        "/v1/lists/%00",
    ] {
        problem(house.get(path, &key).await, 400, "syntax").await;
    }
}

#[tokio::test]
async fn what_this_role_does_not_have_is_said() {
    let house = House::of(Plan {
        with_ingest: false,
        with_live: false,
        by: By::Replica,
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Ingest, Scope::Read]).await;
    let answer = house.post("/v1/events", &key, "[]").await;
    problem(answer, 404, "not-here").await;
    problem(house.get("/overview.json", &key).await, 404, "not-here").await;
    let answer = house.get("/v1/entities/ip/203.0.113.9", &key).await;
    problem(answer, 404, "not-found").await;
}

#[tokio::test]
async fn an_instant_in_seconds_is_refused_as_in_events() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    for route in ["verdicts", "sessions", "campaigns"] {
        let path = format!("/v1/{route}?from=1700000000");
        let told = problem(house.get(&path, &key).await, 422, "bad-field").await;
        says(&told, "looks like seconds");
        for good in ["0", "1700000000000"] {
            let path = format!("/v1/{route}?from={good}");
            assert_eq!(house.get(&path, &key).await.status(), 200);
        }
    }
}

#[tokio::test]
async fn a_size_of_sessions_that_is_no_count_is_refused() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    for bad in ["", "0", "-5", "2.5", "many", "9223372036854775808", "5,000"] {
        let path = format!("/v1/sessions?min_attempts={bad}");
        let told = problem(house.get(&path, &key).await, 422, "bad-field").await;
        assert_eq!(told["field"], "min_attempts", "{bad}");
        says(&told, "a whole number, 1 or more");
    }
    for good in ["1", "9223372036854775807"] {
        let path = format!("/v1/sessions?min_attempts={good}");
        assert_eq!(house.get(&path, &key).await.status(), 200);
    }
    let misspelled = house.get("/v1/sessions?min_attempt=5", &key).await;
    problem(misspelled, 400, "syntax").await;
}

#[tokio::test]
async fn a_misspelled_parameter_is_not_ignored() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    problem(house.get("/v1/verdicts?usr=bob", &key).await, 400, "syntax").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("cursor=x", "cursor"),
        ("from=yesterday", "from"),
        ("ip=203", "ip"),
        ("decision=maybe", "decision"),
        ("attack=war", "attack"),
        ("session=1", "session"),
    ] {
        let answer = house.get(&format!("/v1/verdicts?{query}"), &key).await;
        let problem = problem(answer, 422, "bad-field").await;
        assert_eq!(problem["field"], field);
    }
}
