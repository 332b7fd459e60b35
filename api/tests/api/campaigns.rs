//! Campaigns and the accounts that fell to them.

use crate::house::{House, campaign, json, problem, thief};
use credsieve_models::campaign::Phase;
use credsieve_models::verdict::Attack;
use credsieve_store::{Batch, Scope};
use reqwest::StatusCode;
use serde_json::Value;

async fn with_campaigns() -> (House, String) {
    let house = House::open().await;
    let mut campaigns: Vec<_> = (1..=5).map(|id| campaign(id, Phase::Growing)).collect();
    campaigns[0].phase = Phase::Closed;
    campaigns[1].attack = Attack::PasswordSpray;
    campaigns[2].tenant = None;
    let outcomes: Vec<_> = (0..5).map(|n| thief(n, 4, &format!("user{n}"))).collect();
    let batch = Batch {
        outcomes: &outcomes,
        campaigns: &campaigns,
        ..Batch::default()
    };
    house.store.write_all(batch).await.unwrap();
    let key = house.key(&[Scope::Read]).await;
    (house, key)
}

/// The last digit of each campaign's id, or what stands in another field.
fn each(page: &Value, field: &str) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    let texts = items.iter().map(|item| item[field].as_str().unwrap());
    texts
        .map(|text| text.trim_start_matches('0').to_owned())
        .collect()
}

#[tokio::test]
async fn campaigns_are_found_by_each_filter_newest_activity_first() {
    let (house, key) = with_campaigns().await;
    for (query, ids) in [
        ("", "5 4 3 2 1"),
        ("state=open", "5 4 3 2"),
        ("state=closed", "1"),
        ("attack=password_spray", "2"),
        ("tenant=default", "5 4 2 1"),
        ("from=2026-01-01T12:00:02Z&to=2026-01-01T12:00:04Z", "3 2"),
    ] {
        let answer = house.get(&format!("/v1/campaigns?{query}"), &key).await;
        let page = json(answer, StatusCode::OK).await;
        assert_eq!(each(&page, "campaign_id").join(" "), ids, "{query}");
    }
    for (query, field) in [
        ("state=asleep", "state"),
        ("attack=war", "attack"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
    ] {
        let answer = house.get(&format!("/v1/campaigns?{query}"), &key).await;
        assert_eq!(problem(answer, 422, "bad-field").await["field"], field);
    }
}

#[tokio::test]
async fn cursors_lead_through_every_campaign_and_every_account_once() {
    let (house, key) = with_campaigns().await;
    let accounts = "/v1/campaigns/00000000000000000000000000000004/accounts";
    for (listing, field, expected) in [
        ("/v1/campaigns", "campaign_id", "5 4 3 2 1"),
        (accounts, "username", "user4 user3 user2 user1 user0"),
    ] {
        let (mut path, mut seen) = (format!("{listing}?limit=2"), Vec::new());
        loop {
            let page = json(house.get(&path, &key).await, StatusCode::OK).await;
            seen.extend(each(&page, field));
            match page["next"].as_str() {
                Some(next) => path = format!("{listing}?limit=2&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.join(" "), expected);
    }
    let foreign = house.get("/v1/campaigns?limit=1", &key).await;
    let foreign = json(foreign, StatusCode::OK).await;
    let cursor = foreign["next"].as_str().unwrap();
    let answer = house
        .get(&format!("{accounts}?cursor={cursor}"), &key)
        .await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "cursor");
}

#[tokio::test]
async fn one_campaign_its_verdicts_and_nothing_of_others() {
    let (house, key) = with_campaigns().await;
    let id = "00000000000000000000000000000004";
    let one = house.get(&format!("/v1/campaigns/{id}"), &key).await;
    let one = json(one, StatusCode::OK).await;
    assert_eq!(
        (&one["phase"], &one["users"]),
        (&"growing".into(), &390.into())
    );
    let path = format!("/v1/verdicts?campaign={id}");
    let verdicts = json(house.get(&path, &key).await, StatusCode::OK).await;
    let verdicts = verdicts["items"].as_array().unwrap();
    assert_eq!(verdicts.len(), 5);
    assert_eq!(verdicts[0]["revision"], 1);
    let other = "/v1/campaigns/00000000000000000000000000000005/accounts";
    let none = json(house.get(other, &key).await, StatusCode::OK).await;
    assert!(none["items"].as_array().unwrap().is_empty());
    for path in [
        "/v1/campaigns/000000000000000000000000000000ff",
        "/v1/campaigns/000000000000000000000000000000ff/accounts",
        "/v1/campaigns/4",
    ] {
        problem(house.get(path, &key).await, 404, "not-found").await;
    }
    let answer = house.get("/v1/verdicts?campaign=4", &key).await;
    assert_eq!(problem(answer, 422, "bad-field").await["field"], "campaign");
}

#[tokio::test]
async fn campaigns_need_a_key_that_may_read() {
    let (house, _) = with_campaigns().await;
    let key = house.key(&[Scope::Decide]).await;
    problem(house.get("/v1/campaigns", &key).await, 403, "wrong-scope").await;
}
