//! Events over HTTP.

use crate::house::{House, json, problem};
use credsieve_store::Scope;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use std::sync::atomic::Ordering;

const GOOD: &str =
    r#"{"event_id":"e1","time":1767268800000,"outcome":"failure","ip":"203.0.113.9"}"#;

#[tokio::test]
async fn each_bad_line_is_named_and_the_others_are_taken() {
    let house = House::open().await;
    let key = house.key(&[Scope::Ingest]).await;
    let body = format!("{GOOD}\n\n{{\"event_id\":7}}\n{GOOD}\nnonsense\n");
    let answer = house
        .request(Method::POST, "/v1/events", &key)
        .header(CONTENT_TYPE, "application/x-ndjson; charset=utf-8")
        .body(body)
        .send()
        .await
        .unwrap();
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(answer["accepted"], 2);
    assert_eq!(answer["rejected"], 2);
    assert_eq!(answer["rejects"][0]["line"], 3);
    assert_eq!(answer["rejects"][0]["field"], "time");
    assert_eq!(answer["rejects"][1]["line"], 5);
    assert_eq!(answer["rejects"][1]["kind"], "not_json");
    assert_eq!(house.ingest.records.lock().unwrap()[1], b"{\"event_id\":7}");
    let key = house.key(&[Scope::Read]).await;
    let metrics = house.get("/metrics", &key).await.text().await.unwrap();
    let counted = r#"credsieve_http_rejected_events_total{reason="not_json"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn an_array_is_taken_byte_for_byte() {
    let house = House::open().await;
    let key = house.key(&[Scope::Ingest]).await;
    let odd = r#"{"event_id":"e2", "event_id":"e3"}"#;
    let answer = house
        .post("/v1/events", &key, format!("[{GOOD} , {odd}]"))
        .await;
    let answer = json(answer, StatusCode::OK).await;
    assert_eq!(answer["accepted"], 1);
    assert_eq!(answer["rejects"][0]["line"], 2);
    let records = house.ingest.records.lock().unwrap();
    assert_eq!(*records, [GOOD.as_bytes(), odd.as_bytes()]);
}

#[tokio::test]
async fn a_full_intake_says_when_to_come_back() {
    let house = House::open().await;
    let key = house.key(&[Scope::Ingest]).await;
    house.ingest.full.store(true, Ordering::Relaxed);
    let answer = house.post("/v1/events", &key, format!("[{GOOD}]")).await;
    assert!(answer.headers().contains_key("retry-after"));
    problem(answer, 503, "intake-full").await;
}

#[tokio::test]
async fn where_no_line_is_an_event_the_status_says_so_and_each_line_is_named() {
    let house = House::open().await;
    let key = house.key(&[Scope::Ingest]).await;
    let answer = house.post("/v1/events", &key, "[{}, 7]").await;
    let answer = json(answer, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(
        (&answer["accepted"], &answer["rejected"]),
        (&0.into(), &2.into())
    );
    assert_eq!(answer["rejects"].as_array().unwrap().len(), 2);
    let nothing = house.post("/v1/events", &key, "[]").await;
    assert_eq!(json(nothing, StatusCode::OK).await["rejected"], 0);
}
