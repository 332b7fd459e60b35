//! The page: who may see it, and that nothing on it runs but its own script.

use crate::house::{House, Plan, blocked, campaign, json, now_ms, problem, thief};
use credsieve_api::Settings;
use credsieve_models::Alert;
use credsieve_models::campaign::Phase;
use credsieve_store::Scope;
use credsieve_testkit::browser::Browser;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode};
use std::time::Duration;

pub async fn get(house: &House, path: &str, cookie: Option<&str>) -> Response {
    let mut request = house.client.get(format!("{}{path}", house.url));
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.send().await.unwrap()
}

pub async fn login(house: &House, key: &str, site: &str) -> Response {
    house
        .client
        .post(format!("{}/login", house.url))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", site)
        .body(format!("key={key}"))
        .send()
        .await
        .unwrap()
}

/// The cookie that was set, as it is sent back.
pub fn cookie(response: &Response) -> String {
    let set = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Strict"),
        "{set}"
    );
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_opens_the_page_once() {
    let house = House::open().await;
    let answer = get(&house, "/", None).await;
    assert_eq!(answer.headers()[LOCATION], "/login");
    let link = house.state.one_time_link().unwrap();
    let opened = get(&house, &link, None).await;
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
    assert_eq!(opened.headers()[LOCATION], "/");
    let cookie = cookie(&opened);
    let page = get(&house, "/", Some(&cookie)).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("Latest blocked"));
    let again = get(&house, &link, None).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    assert!(!again.headers().contains_key(SET_COOKIE));
    let forged = get(&house, "/open?token=x", None).await;
    assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn programs_that_look_at_a_link_first_do_not_use_it_up() {
    let house = House::open().await;
    let link = house.state.one_time_link().unwrap();
    let url = format!("{}{link}", house.url);
    let looked = house.client.head(&url).send().await.unwrap();
    assert!(!looked.headers().contains_key(SET_COOKIE));
    let ahead = house.client.get(&url).header("sec-purpose", "prefetch");
    let looked = ahead.send().await.unwrap();
    assert!(!looked.headers().contains_key(SET_COOKIE));
    let opened = get(&house, &link, None).await;
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_read_key_is_exchanged_for_a_cookie_that_ends_with_the_key() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    let cookie = cookie(&login(&house, &key, "same-origin").await);
    let data = get(&house, "/overview.json", Some(&cookie)).await;
    assert_eq!(data.status(), StatusCode::OK);
    house.revoke(&key).await;
    let data = get(&house, "/overview.json", Some(&cookie)).await;
    problem(data, 401, "no-key").await;
}

#[tokio::test]
async fn wrong_keys_and_other_sites_get_no_cookie() {
    let house = House::open().await;
    let decide = house.key(&[Scope::Decide]).await;
    let read = house.key(&[Scope::Read]).await;
    for (key, site, status) in [
        (decide.as_str(), "same-origin", StatusCode::UNAUTHORIZED),
        ("csk_x", "same-origin", StatusCode::UNAUTHORIZED),
        (read.as_str(), "cross-site", StatusCode::FORBIDDEN),
    ] {
        let answer = login(&house, key, site).await;
        assert_eq!(answer.status(), status, "{site}");
        assert!(!answer.headers().contains_key(SET_COOKIE));
        assert!(!answer.text().await.unwrap().contains(key));
    }
}

#[tokio::test]
async fn the_cookie_opens_nothing_but_the_page() {
    let house = House::open().await;
    let link = house.state.one_time_link().unwrap();
    let cookie = cookie(&get(&house, &link, None).await);
    for path in ["/v1/verdicts", "/v1/lists", "/metrics", "/openapi.json"] {
        problem(get(&house, path, Some(&cookie)).await, 401, "no-key").await;
    }
}

#[tokio::test]
async fn behind_tls_the_cookie_is_for_https_only() {
    let house = House::of(Plan {
        settings: Settings {
            secure_cookies: true,
            keys_fresh: Duration::ZERO,
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await;
    let link = house.state.one_time_link().unwrap();
    let opened = get(&house, &link, None).await;
    assert!(
        opened.headers()[SET_COOKIE]
            .to_str()
            .unwrap()
            .ends_with("; Secure")
    );
}

#[tokio::test]
async fn every_page_forbids_foreign_scripts_and_caching() {
    let house = House::open().await;
    for path in [
        "/login",
        "/open?token=x",
        "/page.js",
        "/console.js",
        "/review.js",
        "/acts.js",
        "/console.css",
        "/",
        "/review",
        "/acts",
        "/review.json",
    ] {
        let answer = get(&house, path, None).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        let text = answer.text().await.unwrap();
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_hostile_name_stays_text_and_reasons_are_words() {
    let house = House::open().await;
    let link = house.state.one_time_link().unwrap();
    let cookie = cookie(&get(&house, &link, None).await);
    let empty = get(&house, "/overview.json", Some(&cookie)).await;
    let empty = json(empty, StatusCode::OK).await;
    assert!(empty["blocked"].as_array().unwrap().is_empty());

    let hostile = "<script>alert(1)</script>";
    let outcome = blocked(1, 7, hostile);
    house.live.record(std::slice::from_ref(&outcome), now_ms());
    let answer = get(&house, "/overview.json", Some(&cookie)).await;
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
    let text = answer.text().await.unwrap();
    assert!(!text.contains('<'), "{text}");
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(data["total"]["block"], 1);
    assert_eq!(data["blocked"][0]["user"], hostile);
    assert_eq!(data["blocked"][0]["score"], "99.0 %");
    assert_eq!(
        data["blocked"][0]["reasons"][0],
        "41 other users failed from 203.0.113.9 within 15 minutes (usual: 15)"
    );
}

/// A campaign to which two accounts fell, one of them of a hostile name; and another that is over.
fn record_campaigns(house: &House, hostile: &str) {
    let mut going_on = campaign(9, Phase::Growing);
    going_on.accounts = 2;
    let alerts: Vec<Alert> = [thief(1, 9, "alice"), thief(2, 9, hostile)]
        .iter()
        .map(|o| Alert::takeover(&o.verdict, o.context.username.as_deref()))
        .collect();
    let campaigns = [campaign(8, Phase::Closed), going_on];
    house.live.record_campaigns(&campaigns, &alerts);
}

#[tokio::test]
async fn campaigns_and_the_accounts_that_fell_are_told_in_words() {
    let house = House::open().await;
    let link = house.state.one_time_link().unwrap();
    let cookie = cookie(&get(&house, &link, None).await);
    record_campaigns(&house, "<i>eve</i>");
    let answer = get(&house, "/overview.json", Some(&cookie)).await;
    let text = answer.text().await.unwrap();
    assert!(!text.contains('<'), "{text}");
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let campaigns = data["campaigns"].as_array().unwrap();
    assert_eq!(campaigns.len(), 2);
    assert_eq!(campaigns[0]["attack"], "credential stuffing");
    assert_eq!(campaigns[0]["over"], false);
    assert_eq!(campaigns[0]["fell"], 2);
    assert_eq!(campaigns[0]["accounts"][0], "<i>eve</i>");
    assert_eq!(campaigns[0]["accounts"][1], "alice");
    assert_eq!(campaigns[0]["shared"][0], "AS64500");
    assert_eq!(campaigns[1]["over"], true);
    assert_eq!(campaigns[1]["accounts"].as_array().unwrap().len(), 0);
    assert_eq!(data["fallen"][1]["user"], "alice");
    assert_eq!(data["fallen"][1]["later"], true);
    assert_eq!(data["fallen"][1]["campaign"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_a_campaign_and_whom_to_warn_in_a_real_browser() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let house = House::open().await;
    record_campaigns(&house, "<b id=evil>eve</b>");
    let link = house.state.one_time_link().unwrap();
    let url = format!("{}{link}", house.url);
    let seen = tokio::task::spawn_blocking(move || browser.seen(&url).unwrap());
    let page = seen.await.unwrap();
    let part = |id: &str| {
        let from = page.find(&format!("<tbody id=\"{id}\">")).unwrap();
        page[from..].split("</tbody>").next().unwrap().to_owned()
    };
    let campaigns = part("campaigns");
    assert_eq!(campaigns.matches("<tr>").count(), 2, "{campaigns}");
    assert!(campaigns.contains("going on"), "{campaigns}");
    assert!(campaigns.contains(">over<"), "{campaigns}");
    assert!(campaigns.contains("credential stuffing"), "{campaigns}");
    assert!(campaigns.contains("<li>alice</li>"), "{campaigns}");
    assert!(campaigns.contains("<li>AS64500</li>"), "{campaigns}");
    let fallen = part("fallen");
    assert!(fallen.contains("later, of a campaign"), "{fallen}");
    assert!(fallen.contains("&lt;b id=evil&gt;eve"), "{fallen}");
    assert!(!page.contains("<b id="), "a name is no element\n{page}");
    assert!(part("blocked").contains("Nothing was blocked yet."));
}
