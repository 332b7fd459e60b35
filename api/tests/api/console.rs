//! The page: who may see it, and that nothing on it runs but its own script.

use crate::house::{House, Plan, blocked, json, now_ms, problem};
use credsieve_api::Settings;
use credsieve_store::Scope;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode};
use std::time::Duration;

async fn get(house: &House, path: &str, cookie: Option<&str>) -> Response {
    let mut request = house.client.get(format!("{}{path}", house.url));
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    request.send().await.unwrap()
}

async fn login(house: &House, key: &str, site: &str) -> Response {
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
fn cookie(response: &Response) -> String {
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
    house.store.revoke_key(&key[4..16], 1).await.unwrap();
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
        "/console.js",
        "/console.css",
        "/",
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
        "41 different users failed from 203.0.113.9 within 15 minutes (limit 15)"
    );
}
