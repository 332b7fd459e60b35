//! Alerts: what the topic says, for whoever has no Kafka.

use crate::house::{House, Plan, campaign, json, problem, thief};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::Phase;
use credsieve_models::verdict::CampaignId;
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_store::{Batch, Outcome, Scope};
use reqwest::StatusCode;
use serde_json::Value;

/// The alert of a thief's success.
fn takeover(thief: &Outcome) -> Alert {
    Alert::takeover(&thief.verdict, thief.context.username.as_deref())
}

async fn give(house: &House, alerts: &[Alert]) {
    let batch = Batch {
        alerts,
        ..Batch::default()
    };
    house.store.write_all(batch).await.unwrap();
}

/// Two campaigns, three thieves of the first, and one of them found late.
async fn with_alerts() -> (House, String, Vec<Alert>) {
    let house = House::open().await;
    let mut elsewhere = thief(3, 4, "bob");
    elsewhere.verdict.tenant = "acme".into();
    elsewhere.verdict.campaign_id = Some(CampaignId(5));
    let given = vec![
        Alert::campaign(campaign(4, Phase::Opened)),
        Alert::campaign(campaign(5, Phase::Opened)),
        takeover(&thief(2, 4, "alice")),
        takeover(&elsewhere),
        takeover(&thief(1, 4, "bob")),
    ];
    for alert in &given {
        give(&house, std::slice::from_ref(alert)).await;
    }
    let key = house.key(&[Scope::Read]).await;
    (house, key, given)
}

/// Where in `given` the alerts of a page stand.
fn places(page: &Value, given: &[Alert]) -> Vec<usize> {
    let items = page["items"].as_array().unwrap().iter();
    let place = |item: &Value| {
        let is_it = |alert: &Alert| serde_json::to_value(alert).unwrap() == *item;
        given.iter().position(is_it).unwrap()
    };
    items.map(place).collect()
}

#[tokio::test]
async fn alerts_are_read_as_they_were_given_and_the_one_found_last_comes_first() {
    let (house, key, given) = with_alerts().await;
    let page = json(house.get("/v1/alerts", &key).await, StatusCode::OK).await;
    assert_eq!(places(&page, &given), [4, 3, 2, 1, 0]);
    assert_eq!(page["next"], Value::Null);
    // The last was found late: it tells of an earlier instant than the two before it.
    assert!(page["items"][0]["time"].as_str() < page["items"][2]["time"].as_str());
}

#[tokio::test]
async fn alerts_are_found_by_each_filter() {
    let (house, key, given) = with_alerts().await;
    for (query, expected) in [
        ("kind=campaign", vec![1, 0]),
        ("kind=account_takeover", vec![4, 3, 2]),
        ("user=%20Bob", vec![4, 3]),
        ("user=bob&tenant=acme", vec![3]),
        ("tenant=default", vec![4, 2, 1, 0]),
        ("campaign=00000000000000000000000000000004", vec![4, 2, 0]),
        (
            "from=2026-01-01T12:00:01Z&to=2026-01-01T12:00:03Z",
            vec![4, 2],
        ),
        ("user=nobody", vec![]),
    ] {
        let answer = house.get(&format!("/v1/alerts?{query}"), &key).await;
        let page = json(answer, StatusCode::OK).await;
        assert_eq!(places(&page, &given), expected, "{query}");
    }
    for (query, field) in [
        ("kind=war", "kind"),
        ("campaign=4", "campaign"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("cursor=00", "cursor"),
    ] {
        let answer = house.get(&format!("/v1/alerts?{query}"), &key).await;
        assert_eq!(problem(answer, 422, "bad-field").await["field"], field);
    }
    let answer = house.get("/v1/alerts?username=bob", &key).await;
    problem(answer, 400, "syntax").await;
}

#[tokio::test]
async fn pages_lead_through_every_alert_once_while_others_are_given() {
    let (house, key, mut given) = with_alerts().await;
    let (mut path, mut seen) = ("/v1/alerts?limit=2".to_owned(), Vec::new());
    loop {
        let page = json(house.get(&path, &key).await, StatusCode::OK).await;
        seen.extend(places(&page, &given));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/alerts?limit=2&cursor={next}");
        let n = i64::try_from(given.len()).unwrap();
        let more = takeover(&thief(n, 4, "eve"));
        give(&house, std::slice::from_ref(&more)).await;
        given.push(more);
    }
    assert_eq!(seen, [4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn a_name_finds_the_alerts_of_its_pseudonym() {
    let house = House::of(Plan {
        policy: "[privacy]\npseudonymise_usernames = true\n",
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Read]).await;
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let pseudonym = format!("~{:016x}", hasher.user("default", "bob"));
    let given = [takeover(&thief(1, 4, &pseudonym))];
    give(&house, &given).await;
    for user in ["Bob", &pseudonym] {
        let answer = house.get(&format!("/v1/alerts?user={user}"), &key).await;
        let page = json(answer, StatusCode::OK).await;
        assert_eq!(places(&page, &given), [0], "{user}");
    }
}

#[tokio::test]
async fn alerts_need_a_key_that_may_read() {
    let (house, _, _) = with_alerts().await;
    let key = house.key(&[Scope::Decide, Scope::Ingest]).await;
    problem(house.get("/v1/alerts", &key).await, 403, "wrong-scope").await;
    problem(house.get("/v1/alerts", "").await, 401, "bad-key").await;
}
