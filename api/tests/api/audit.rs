//! The trail of what people did through the API.

use crate::house::{House, Plan, blocked, json, problem};
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_store::Scope;
use reqwest::header::{CONTENT_TYPE, IF_MATCH};
use reqwest::{Method, StatusCode};
use serde_json::Value;

async fn audit(house: &House, key: &str, query: &str) -> Vec<Value> {
    let answer = house.get(&format!("/v1/audit?{query}"), key).await;
    let page = json(answer, StatusCode::OK).await;
    page["items"].as_array().unwrap().clone()
}

async fn change(house: &House, key: &str, method: Method, path: &str, body: String) -> StatusCode {
    let request = house
        .request(method, path, key)
        .header(CONTENT_TYPE, "application/json")
        .body(body);
    request.send().await.unwrap().status()
}

/// Makes an entry and answers its id.
async fn added(house: &House, key: &str, body: &str) -> String {
    let made = house.post("/v1/lists", key, body.to_owned()).await;
    let made = json(made, StatusCode::CREATED).await;
    made["id"].as_str().unwrap().to_owned()
}

fn entry(action: &str, more: &str) -> String {
    format!(
        r#"{{"action":"{action}","dimension":"cidr","value":"198.51.100.0/24","holds_from":"2026-01-01T00:00:00Z"{more}}}"#
    )
}

/// What is said of an act, but for when.
fn said(act: &Value) -> [&Value; 5] {
    ["actor", "act", "subject", "old", "new"].map(|field| &act[field])
}

/// The entry that an act tells of.
fn in_full(told: &Value) -> Value {
    serde_json::from_str(told.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_life_of_a_list_entry_is_told_with_who_did_what() {
    let house = House::open().await;
    let ann = house.key_of("ann", &[Scope::Admin]).await;
    let bob = house.key_of("bob", &[Scope::Admin]).await;
    let id = added(&house, &ann, &entry("deny", r#","reason":"ticket 1""#)).await;
    let path = format!("/v1/lists/{id}");
    let put = entry("allow", r#","version":1"#);
    let answer = change(&house, &bob, Method::PUT, &path, put.clone()).await;
    assert_eq!(answer, StatusCode::OK);
    // The same again is the same change, and a stale one is none.
    let answer = change(&house, &bob, Method::PUT, &path, put).await;
    assert_eq!(answer, StatusCode::OK);
    let stale = entry("deny", r#","version":1"#);
    let answer = change(&house, &ann, Method::PUT, &path, stale).await;
    assert_eq!(answer, StatusCode::CONFLICT);
    let delete = format!("{path}?version=1");
    let answer = change(&house, &ann, Method::DELETE, &delete, String::new()).await;
    assert_eq!(answer, StatusCode::CONFLICT);

    let stored = json(house.get(&path, &ann).await, StatusCode::OK).await;
    assert_eq!(stored["author"], "ann", "who made it stays");
    assert_eq!(stored["changed_by"], "bob");
    assert!(stored["changed_at"].as_str() >= stored["created_at"].as_str());
    let delete = house
        .request(Method::DELETE, &path, &ann)
        .header(IF_MATCH, "\"2\"");
    assert_eq!(delete.send().await.unwrap().status(), 204);

    let subject: Value = format!("list_entry:{id}").into();
    let acts = audit(&house, &ann, &format!("subject=list_entry:{id}")).await;
    let none = Value::Null;
    let (deny, allow) = (&acts[2]["new"], &acts[0]["old"]);
    let mut stored = stored;
    assert_eq!(stored["version"], 2);
    stored.as_object_mut().unwrap().remove("version");
    assert_eq!(in_full(allow), stored);
    let denied = in_full(deny);
    assert_eq!(
        (&denied["action"], &denied["reason"]),
        (&"deny".into(), &"ticket 1".into())
    );
    let expected = [
        ("ann", "list_entry_removed", allow, &none),
        ("bob", "list_entry_changed", deny, allow),
        ("ann", "list_entry_created", &none, deny),
    ];
    assert_eq!(acts.len(), expected.len(), "{acts:?}");
    for (act, (actor, kind, old, new)) in acts.iter().zip(expected) {
        let (actor, kind) = (actor.into(), kind.into());
        assert_eq!(said(act), [&actor, &kind, &subject, old, new]);
    }
    assert_eq!(acts[0]["key_id"], ann[4..16]);
    assert_eq!(acts[1]["key_id"], bob[4..16]);
    assert_eq!(acts[1]["at"], stored["changed_at"]);
}

#[tokio::test]
async fn who_makes_detectors_forget_what_the_store_lacks_is_told() {
    let house = House::open().await;
    let key = house.key_of("ann", &[Scope::Admin]).await;
    let id = "00112233445566778899aabbccddeeff";
    let delete = format!("/v1/lists/{id}?version=1");
    let answer = change(&house, &key, Method::DELETE, &delete, String::new()).await;
    assert_eq!(answer, StatusCode::NOT_FOUND);
    let acts = audit(&house, &key, &format!("subject=list_entry:{id}")).await;
    assert_eq!(acts.len(), 1);
    let (actor, kind) = ("ann".into(), "list_entry_removed".into());
    let (subject, none) = (format!("list_entry:{id}").into(), Value::Null);
    assert_eq!(said(&acts[0]), [&actor, &kind, &subject, &none, &none]);
}

#[tokio::test]
async fn an_entry_that_nobody_changed_names_nobody() {
    let house = House::open().await;
    let key = house.key(&[Scope::Admin]).await;
    let id = added(&house, &key, &entry("deny", "")).await;
    let stored = json(
        house.get(&format!("/v1/lists/{id}"), &key).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(stored.get("changed_by"), None);
    assert_eq!(stored.get("changed_at"), None);
}

#[tokio::test]
async fn reviews_are_told_with_what_was_said_before() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let key = house.key_of("eve", &[Scope::Admin]).await;
    let path = "/v1/sessions/00000000000000000000000000000007/review";
    for (body, status) in [
        (r#"{"verdict":"attack","note":"bob's","version":1}"#, 200),
        (r#"{"verdict":"test","version":1}"#, 409),
        (r#"{"verdict":"honest","version":2}"#, 200),
    ] {
        let answer = change(&house, &key, Method::POST, path, body.to_owned()).await;
        assert_eq!(answer, status, "{body}");
    }
    let acts = audit(&house, &key, "act=session_reviewed&actor=eve").await;
    let words: Vec<_> = acts.iter().map(|act| [&act["old"], &act["new"]]).collect();
    let (attack, honest) = ("attack".into(), "honest".into());
    assert_eq!(words, [[&attack, &honest], [&Value::Null, &attack]]);
    let subject = "session:00000000000000000000000000000007";
    assert!(acts.iter().all(|act| act["subject"] == subject));
    assert!(!format!("{acts:?}").contains("bob"), "{acts:?}");
}

#[tokio::test]
async fn the_trail_holds_no_key_no_secret_and_no_name_of_a_user() {
    let house = House::open().await;
    let key = house.key(&[Scope::Admin, Scope::Decide]).await;
    let user = r#"{"action":"allow","dimension":"user","value":"Alice"}"#;
    added(&house, &key, user).await;
    let acts = audit(&house, &key, "").await;
    assert_eq!(acts.len(), 2);
    let hashed = KeyHasher::new(HashSeed::REPLAY).user("default", "alice");
    let new = in_full(&acts[0]["new"]);
    assert_eq!(new["value"], format!("~{hashed:016x}"));
    assert_eq!(acts[1]["new"], "tester (admin, decide)");
    assert_eq!(acts[1]["subject"], format!("key:{}", &key[4..16]));
    let all = format!("{acts:?}").to_lowercase();
    assert!(!all.contains(&key[17..]), "the secret part of the key");
    assert!(!all.contains("alice"), "{all}");
}

#[tokio::test]
async fn acts_are_paged_and_found_by_time_and_other_queries_are_refused() {
    let house = House::of(Plan::default()).await;
    let key = house.key(&[Scope::Admin]).await;
    for _ in 0..4 {
        added(&house, &key, &entry("deny", "")).await;
    }
    let whole = audit(&house, &key, "").await;
    let (mut path, mut seen) = ("/v1/audit?limit=2".to_owned(), Vec::new());
    loop {
        let page = json(house.get(&path, &key).await, StatusCode::OK).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/audit?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole);
    assert_eq!(whole.len(), 5);
    // The house makes its keys at noon of the first of January; entries are made now.
    let early = audit(&house, &key, "to=2026-01-01T12:00:01Z").await;
    assert_eq!(early, whole[4..]);
    let late = audit(&house, &key, "from=2026-01-01T12:00:01Z").await;
    assert_eq!(late, whole[..4]);
    for (query, field) in [
        ("act=war", "act"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("cursor=00", "cursor"),
    ] {
        let answer = house.get(&format!("/v1/audit?{query}"), &key).await;
        assert_eq!(problem(answer, 422, "bad-field").await["field"], field);
    }
}

#[tokio::test]
async fn the_trail_is_for_admins() {
    let house = House::open().await;
    let key = house
        .key(&[Scope::Read, Scope::Decide, Scope::Ingest])
        .await;
    problem(house.get("/v1/audit", &key).await, 403, "wrong-scope").await;
    problem(house.get("/v1/audit", "").await, 401, "bad-key").await;
}
