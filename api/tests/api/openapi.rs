//! The description says what is there.

use crate::house::{House, Plan, attack, blocked, campaign, json, thief};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Phase;
use credsieve_store::{Batch, Scope};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;

#[tokio::test]
async fn the_description_lists_every_route_and_no_other() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    let document = json(house.get("/openapi.json", &key).await, StatusCode::OK).await;
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let registered: BTreeSet<(String, String)> = credsieve_api::routes()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(described, registered);
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let document = serde_json::to_value(credsieve_api::openapi::document()).unwrap();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    assert_eq!(
        document["components"]["securitySchemes"]["key"]["scheme"],
        "bearer"
    );
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                references.insert(reference.clone());
            }
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

/// Holds an answer against its described shape: no field is missing there, none is invented.
fn same_fields(document: &Value, schema: &str, answer: &Value, absent: &[&str]) {
    let described = &document["components"]["schemas"][schema]["properties"];
    let described: BTreeSet<&str> = described
        .as_object()
        .unwrap_or_else(|| panic!("{schema} is not described"))
        .keys()
        .map(String::as_str)
        .filter(|name| !absent.contains(name))
        .collect();
    let found: BTreeSet<&str> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(described, found, "{schema}");
}

#[tokio::test]
async fn answers_have_the_described_fields() {
    let house = House::of(Plan {
        seen: attack("203.0.113.9"),
        ..Plan::default()
    })
    .await;
    let batch = Batch {
        outcomes: &[blocked(1, 7, "bob"), thief(2, 9, "eve")],
        campaigns: &[campaign(9, Phase::Closed)],
        alerts: &[
            Alert::campaign(campaign(9, Phase::Closed)),
            Alert::takeover(&thief(2, 9, "eve").verdict, Some("eve")),
        ],
    };
    house.store.write_all(batch).await.unwrap();
    let key = house.key(&[Scope::Admin, Scope::Decide]).await;
    let document = json(house.get("/openapi.json", &key).await, StatusCode::OK).await;
    let get = async |path: &str| json(house.get(path, &key).await, StatusCode::OK).await;

    let question = r#"{"ip":"203.0.113.9"}"#;
    let answer = json(
        house.post("/v1/decide", &key, question).await,
        StatusCode::OK,
    )
    .await;
    let rare = ["event_id", "would", "unknown_fields"];
    same_fields(&document, "Answer", &answer, &rare);
    same_fields(&document, "Reason", &answer["reasons"][0], &[]);
    let page = get("/v1/verdicts").await;
    same_fields(&document, "VerdictPage", &page, &[]);
    same_fields(&document, "Verdict", &page["items"][0], &[]);
    let entity = get("/v1/entities/ip/203.0.113.9").await;
    same_fields(&document, "Entity", &entity, &[]);
    same_fields(&document, "Counter", &entity["counters"][0], &[]);
    let page = get("/v1/sessions").await;
    same_fields(&document, "SessionPage", &page, &[]);
    same_fields(&document, "Session", &page["items"][0], &[]);
    let campaigns = get("/v1/campaigns").await;
    same_fields(&document, "CampaignPage", &campaigns, &[]);
    same_fields(&document, "Campaign", &campaigns["items"][0], &[]);
    let alerts = get("/v1/alerts").await;
    same_fields(&document, "AlertPage", &alerts, &[]);
    let takeover = get("/v1/alerts?kind=account_takeover").await;
    same_fields(&document, "TakeoverAlert", &takeover["items"][0], &[]);
    let of_campaign = get("/v1/alerts?kind=campaign").await;
    same_fields(&document, "CampaignAlert", &of_campaign["items"][0], &[]);
    let accounts = get("/v1/campaigns/00000000000000000000000000000009/accounts").await;
    same_fields(&document, "AccountPage", &accounts, &[]);
    same_fields(&document, "Account", &accounts["items"][0], &[]);
    let version = &page["items"][0]["version"];
    let review = format!(r#"{{"verdict":"test","version":{version}}}"#);
    let path = "/v1/sessions/00000000000000000000000000000007/review";
    let session = json(house.post(path, &key, review).await, StatusCode::OK).await;
    same_fields(&document, "Review", &session["review"], &[]);
    let entry = r#"{"action":"deny","dimension":"asn","value":"1"}"#;
    let made = house.post("/v1/lists", &key, entry).await;
    let made = json(made, StatusCode::CREATED).await;
    let changed = ["changed_by", "changed_at"];
    let absent = [&changed[..], &["endpoint", "tenant"]].concat();
    same_fields(&document, "ListEntry", &made, &absent);
    let path = format!("/v1/lists/{}", made["id"].as_str().unwrap());
    let put = house
        .request(Method::PUT, &path, &key)
        .header(CONTENT_TYPE, "application/json")
        .body(entry.replace('}', r#","version":1}"#));
    let made = json(put.send().await.unwrap(), StatusCode::OK).await;
    same_fields(&document, "ListEntry", &made, &["endpoint", "tenant"]);
    let audit = get("/v1/audit").await;
    same_fields(&document, "ActPage", &audit, &[]);
    same_fields(&document, "Act", &audit["items"][0], &[]);
    same_fields(&document, "ListPage", &get("/v1/lists").await, &[]);
    same_fields(&document, "Allows", &get("/v1/stats/allows").await, &[]);
    let problem = house.request(Method::GET, "/nowhere", &key).send().await;
    let problem = json(problem.unwrap(), StatusCode::NOT_FOUND).await;
    let rare = ["field", "expected", "column", "current_version", "id"];
    same_fields(&document, "Problem", &problem, &rare);
}
