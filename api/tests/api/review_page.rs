//! The pages on which people review: who may, from where, and that what they read is only text.

use crate::console::{cookie, get, login};
use crate::house::{By, House, NOON, Plan, blocked, json, problem, thief};
use credsieve_store::Scope;
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;

const SEVENTH: &str = "/review/00000000000000000000000000000007";
const ATTACK: &str = r#"{"verdict":"attack","note":"ticket 4711","version":1}"#;

/// The cookie for a new key.
async fn signed_in(house: &House, name: &str, scopes: &[Scope]) -> String {
    let key = house.key_of(name, scopes).await;
    cookie(&login(house, &key, "same-origin").await)
}

async fn by_link(house: &House) -> String {
    let link = house.state.one_time_link().unwrap();
    cookie(&get(house, &link, None).await)
}

fn posted(house: &House, path: &str, cookie: &str) -> RequestBuilder {
    let request = house.client.post(format!("{}{path}", house.url));
    request.header(COOKIE, cookie)
}

/// A review, as the page's script sends it.
async fn review(house: &House, cookie: &str, body: &str) -> Response {
    posted(house, SEVENTH, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
}

async fn read(house: &House, path: &str, cookie: &str) -> Value {
    json(get(house, path, Some(cookie)).await, StatusCode::OK).await
}

/// The bursts that wait, or those that were reviewed.
async fn bursts(house: &House, cookie: &str, query: &str) -> Vec<Value> {
    let page = read(house, &format!("/review.json{query}"), cookie).await;
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_review_leaves_the_queue_and_names_who_gave_it_also_in_the_trail() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let key = house.key_of("ann", &[Scope::Admin]).await;
    let cookie = cookie(&login(&house, &key, "same-origin").await);
    let waiting = read(&house, "/review.json", &cookie).await;
    assert_eq!(
        (&waiting["who"], &waiting["may_review"]),
        (&"ann".into(), &true.into())
    );
    let burst = &waiting["items"][0];
    assert_eq!(burst["attack"], "credential stuffing");
    assert_eq!(burst["address"], "203.0.113.9");
    assert_eq!(burst["tried"]["score"], "99.0 %");
    assert_eq!(burst["tried"]["network"], "AS64500");
    assert_eq!(burst["tried"]["users"][0], "bob");
    assert_eq!(
        burst["tried"]["reasons"][0],
        "41 other users failed from 203.0.113.9 within 15 minutes (usual: 15)"
    );
    assert_eq!(burst["review"], Value::Null);

    let answer = review(&house, &cookie, ATTACK).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(bursts(&house, &cookie, "").await.is_empty());
    let reviewed = bursts(&house, &cookie, "?reviewed=true").await;
    let said = &reviewed[0]["review"];
    assert_eq!(said["verdict"], "an attack");
    assert_eq!(said["author"], "ann");
    assert_eq!(said["note"], "ticket 4711");
    assert!(said["at"].is_string());

    let acts = read(&house, "/acts.json", &cookie).await;
    let act = &acts["items"][0];
    assert_eq!(act["who"], "ann");
    assert_eq!(act["key"], key[4..16]);
    assert_eq!(act["what"], "reviewed a session");
    assert_eq!(act["session"], SEVENTH["/review/".len()..]);
    assert_eq!(act["new"], "attack");
    assert_eq!(act["time"], said["at"]);
}

#[tokio::test]
async fn who_may_only_look_sees_what_waits_and_reviews_nothing() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let reader = signed_in(&house, "rita", &[Scope::Read, Scope::Ingest, Scope::Decide]).await;
    for (cookie, who) in [
        (reader, Value::from("rita")),
        (by_link(&house).await, Value::Null),
    ] {
        let page = read(&house, "/review.json", &cookie).await;
        assert_eq!(page["may_review"], false);
        assert_eq!(page["who"], who);
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        let refused = review(&house, &cookie, ATTACK).await;
        problem(refused, 403, "wrong-scope").await;
        let refused = get(&house, "/acts.json", Some(&cookie)).await;
        problem(refused, 403, "wrong-scope").await;
        assert_eq!(bursts(&house, &cookie, "").await[0]["version"], 1);
    }
}

#[tokio::test]
async fn without_a_cookie_there_is_nothing_to_see_and_nothing_to_change() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    for path in ["/review", "/acts"] {
        assert_eq!(get(&house, path, None).await.headers()[LOCATION], "/login");
    }
    // A key is for programs, which have routes of their own.
    let key = house.key(&[Scope::Admin]).await;
    for path in ["/review.json", SEVENTH, "/acts.json"] {
        problem(get(&house, path, None).await, 401, "no-key").await;
        problem(house.get(path, &key).await, 401, "no-key").await;
    }
    let refused = house
        .request(reqwest::Method::POST, SEVENTH, &key)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/json")
        .body(ATTACK);
    problem(refused.send().await.unwrap(), 401, "no-key").await;
    problem(
        review(&house, "credsieve_console=x", ATTACK).await,
        401,
        "no-key",
    )
    .await;
}

#[tokio::test]
async fn a_review_that_another_site_asks_for_is_refused() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let cookie = signed_in(&house, "ann", &[Scope::Admin]).await;
    let ours = house.url.clone();
    let site = "sec-fetch-site";
    let refused: [&[(&str, &str)]; 9] = [
        &[],
        &[(site, "cross-site")],
        // A neighbouring name, or another port: there the cookie comes along.
        &[(site, "same-site"), (ORIGIN.as_str(), &ours)],
        &[(site, "none")],
        &[(site, "same-origin"), (site, "cross-site")],
        &[(ORIGIN.as_str(), "null")],
        &[(ORIGIN.as_str(), "http://evil.example")],
        &[(ORIGIN.as_str(), "http://127.0.0.1:1")],
        &[(ORIGIN.as_str(), &ours), (ORIGIN.as_str(), "null")],
    ];
    for headers in refused {
        for path in [SEVENTH, "/logout"] {
            let mut request = posted(&house, path, &cookie)
                .header(CONTENT_TYPE, "application/json")
                .body(ATTACK);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            problem(request.send().await.unwrap(), 403, "cross-site").await;
        }
    }
    assert_eq!(bursts(&house, &cookie, "").await[0]["version"], 1);
    // What a form of another site can send is no JSON.
    let form = posted(&house, SEVENTH, &cookie)
        .header(site, "same-origin")
        .header(CONTENT_TYPE, "text/plain")
        .body(ATTACK);
    problem(form.send().await.unwrap(), 415, "media-type").await;
}

#[tokio::test]
async fn over_plain_http_the_origin_tells_our_page() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let cookie = signed_in(&house, "ann", &[Scope::Admin]).await;
    let from = |origin: &'static str| {
        let request = posted(&house, SEVENTH, &cookie);
        let request = request.header(HOST, "credsieve.example:8080");
        let request = request.header(CONTENT_TYPE, "application/json");
        request.header(ORIGIN, origin).body(ATTACK).send()
    };
    let refused = from("http://credsieve.example").await.unwrap();
    problem(refused, 403, "cross-site").await;
    let taken = from("http://credsieve.example:8080").await.unwrap();
    assert_eq!(taken.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_second_reviewer_is_told_and_sees_what_the_first_said() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let ann = signed_in(&house, "ann", &[Scope::Admin]).await;
    let ben = signed_in(&house, "ben", &[Scope::Admin]).await;
    assert_eq!(review(&house, &ann, ATTACK).await.status(), 200);
    let honest = r#"{"verdict":"honest","note":"","version":1}"#;
    let refused = review(&house, &ben, honest).await;
    let told = problem(refused, 409, "stale-version").await;
    assert_eq!(told["current_version"], 2);
    let now = read(&house, SEVENTH, &ben).await;
    assert_eq!(now["burst"]["version"], 2);
    assert_eq!(now["burst"]["review"]["author"], "ann");
    assert_eq!(now["burst"]["review"]["verdict"], "an attack");
    let again = honest.replace('1', "2");
    assert_eq!(review(&house, &ben, &again).await.status(), 200);
}

#[tokio::test]
async fn a_revoked_key_and_a_cookie_that_was_given_back_review_nothing() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let key = house.key_of("ann", &[Scope::Admin]).await;
    let first = cookie(&login(&house, &key, "same-origin").await);
    let second = cookie(&login(&house, &key, "same-origin").await);
    let out = posted(&house, "/logout", &first).header("sec-fetch-site", "same-origin");
    let out = out.send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let gone = out.headers()[SET_COOKIE].to_str().unwrap();
    assert!(gone.contains("Max-Age=0"), "{gone}");
    problem(review(&house, &first, ATTACK).await, 401, "no-key").await;
    assert_eq!(bursts(&house, &second, "").await.len(), 1);
    house.revoke(&key).await;
    problem(review(&house, &second, ATTACK).await, 401, "no-key").await;
    let session = house.store.session(credsieve_models::verdict::SessionId(7));
    assert_eq!(session.await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn who_signs_in_with_another_key_leaves_no_cookie_of_the_first_behind() {
    let house = House::open().await;
    let first = signed_in(&house, "ann", &[Scope::Admin]).await;
    let key = house.key_of("rita", &[Scope::Read]).await;
    let again = posted(&house, "/login", &first)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("key={key}"));
    let second = cookie(&again.send().await.unwrap());
    let gone = get(&house, "/review.json", Some(&first)).await;
    problem(gone, 401, "no-key").await;
    assert_eq!(read(&house, "/review.json", &second).await["who"], "rita");
}

#[tokio::test]
async fn hostile_names_and_notes_stay_text() {
    let house = House::open().await;
    let hostile = "<img src=x onerror=alert(1)>";
    house.store.write(&[blocked(1, 7, hostile)]).await.unwrap();
    let cookie = signed_in(&house, "<b>ann</b>", &[Scope::Admin]).await;
    let body = r#"{"verdict":"attack","note":"</script><script>alert(1)</script>","version":1}"#;
    assert_eq!(review(&house, &cookie, body).await.status(), 200);
    for path in [
        "/review.json?reviewed=true",
        SEVENTH,
        "/acts.json",
        "/overview.json",
    ] {
        let answer = get(&house, path, Some(&cookie)).await;
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json", "{path}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains('<'), "{path}: {text}");
    }
    let burst = &bursts(&house, &cookie, "?reviewed=true").await[0];
    assert_eq!(burst["tried"]["users"][0], hostile);
    assert_eq!(burst["review"]["author"], "<b>ann</b>");
}

#[tokio::test]
async fn the_scripts_set_text_and_never_markup() {
    let house = House::open().await;
    for path in ["/page.js", "/console.js", "/review.js", "/acts.js"] {
        let script = get(&house, path, None).await.text().await.unwrap();
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
        ] {
            assert!(!script.contains(way), "{path}: {way}");
        }
    }
    let cookie = by_link(&house).await;
    for path in ["/", "/review", "/acts"] {
        let page = get(&house, path, Some(&cookie)).await.text().await.unwrap();
        assert!(!page.contains("style="), "{path}");
        assert_eq!(page.matches("<script").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn what_waits_comes_in_pages_the_newest_first() {
    let house = House::open().await;
    let many: Vec<_> = (1..=25)
        .map(|n| blocked(n, u128::try_from(n).unwrap(), "bob"))
        .collect();
    house.store.write(&many).await.unwrap();
    let cookie = by_link(&house).await;
    let first = read(&house, "/review.json", &cookie).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 20);
    assert_eq!(first["items"][0]["id"], format!("{:032x}", 25));
    let next = first["next"].as_str().unwrap();
    let second = read(&house, &format!("/review.json?cursor={next}"), &cookie).await;
    let rest = second["items"].as_array().unwrap();
    assert_eq!(rest.len(), 5);
    assert_eq!(rest[4]["id"], format!("{:032x}", 1));
    assert_eq!(second["next"], Value::Null);
    for (query, field) in [
        ("?cursor=00", "cursor"),
        ("?reviewed=maybe", "reviewed"),
        ("?min_attempts=few", "min_attempts"),
    ] {
        let refused = get(&house, &format!("/review.json{query}"), Some(&cookie)).await;
        assert_eq!(problem(refused, 422, "bad-field").await["field"], field);
    }
    let refused = get(&house, "/review/7", Some(&cookie)).await;
    problem(refused, 404, "not-found").await;
}

#[tokio::test]
async fn large_bursts_are_found_among_many_small_ones_page_by_page() {
    let house = House::open().await;
    let small = (1..=25).map(|n| blocked(1_000 + n, 100 + u128::try_from(n).unwrap(), "bob"));
    // Older than all of those, 21 of five attempts and one of six.
    let large = (1..=22).flat_map(|id| {
        (0..5).map(move |n| blocked(300 - 10 * id - n, id.unsigned_abs().into(), "bob"))
    });
    let outcomes: Vec<_> = small.chain(large).chain([blocked(293, 1, "bob")]).collect();
    house.store.write(&outcomes).await.unwrap();
    let cookie = by_link(&house).await;
    let first = read(&house, "/review.json?min_attempts=5", &cookie).await;
    let items = first["items"].as_array().unwrap();
    assert_eq!(items.len(), 20);
    assert_eq!(items[0]["id"], format!("{:032x}", 1));
    assert_eq!(items[0]["attempts"], 6);
    let next = first["next"].as_str().unwrap();
    let rest = bursts(&house, &cookie, &format!("?min_attempts=5&cursor={next}")).await;
    assert_eq!(rest.len(), 2);
    assert_eq!(bursts(&house, &cookie, "?min_attempts=6").await.len(), 1);
    assert!(bursts(&house, &cookie, "?min_attempts=7").await.is_empty());
    let ann = signed_in(&house, "ann", &[Scope::Admin]).await;
    assert_eq!(review(&house, &ann, ATTACK).await.status(), 200);
    assert_eq!(
        bursts(&house, &cookie, "?min_attempts=1&reviewed=false")
            .await
            .len(),
        20
    );
    let reviewed = bursts(&house, &cookie, "?min_attempts=5&reviewed=true").await;
    assert_eq!(reviewed[0]["id"], format!("{:032x}", 7));
    assert!(
        bursts(&house, &cookie, "?min_attempts=6&reviewed=true")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_burst_tells_each_user_once_who_was_entered_and_the_last_word_on_each_attempt() {
    let house = House::open().await;
    let mut mended = blocked(3, 7, "carol");
    mended.verdict.score.0 = 9_999;
    let mut outcomes = vec![
        blocked(1, 7, "alice"),
        blocked(2, 7, " ALICE"),
        mended.clone(),
        thief(4, 7, "dave"),
    ];
    // What was found out later of Carol's attempt.
    mended.verdict.revision = 1;
    mended.verdict.score.0 = 4_000;
    mended.verdict.verdict_id =
        credsieve_models::VerdictId::of("default", &mended.verdict.event_id, NOON + 3_000, 1);
    mended.was = Some(credsieve_models::Decision::Block);
    outcomes.push(mended);
    house.store.write(&outcomes).await.unwrap();
    let cookie = by_link(&house).await;
    let tried = &bursts(&house, &cookie, "").await[0]["tried"];
    assert_eq!(
        tried["users"],
        serde_json::json!(["dave", "carol", " ALICE"])
    );
    assert_eq!(tried["entered"], serde_json::json!(["dave"]));
    assert_eq!(tried["score"], "99.0 %", "the overruled 99.99 % is gone");
    assert_eq!(tried["more"], false);
}

#[tokio::test]
async fn of_a_large_burst_the_latest_attempts_are_looked_at_and_all_that_fell_is_found() {
    let house = House::open().await;
    let mut many: Vec<_> = (1..=201)
        .map(|n| blocked(n, 7, &format!("user{n}")))
        .collect();
    // An account that fell before those, and one that fell to another at the same time.
    many.push(thief(0, 7, "early"));
    many.push(thief(2, 8, "elsewhere"));
    house.store.write(&many).await.unwrap();
    let cookie = by_link(&house).await;
    let bursts = bursts(&house, &cookie, "").await;
    let burst = &bursts[0];
    assert_eq!(burst["attempts"], 202);
    let tried = &burst["tried"];
    assert_eq!(
        (&tried["more"], &tried["looked_at"]),
        (&true.into(), &200.into())
    );
    let users = tried["users"].as_array().unwrap();
    assert_eq!((users.len(), &users[0]), (200, &"user201".into()));
    assert_eq!(tried["entered"], serde_json::json!(["early"]));
}

#[tokio::test]
async fn attempts_that_are_no_longer_stored_leave_the_review() {
    let house = House::open().await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let cookie = signed_in(&house, "ann", &[Scope::Admin]).await;
    assert_eq!(review(&house, &cookie, ATTACK).await.status(), 200);
    house.store.retain_from(NOON + 86_400_000).await.unwrap();
    let burst = &bursts(&house, &cookie, "?reviewed=true").await[0];
    assert_eq!(burst["tried"], Value::Null);
    assert_eq!(burst["review"]["verdict"], "an attack");
}

#[tokio::test]
async fn where_no_stream_is_seen_people_review_all_the_same() {
    let house = House::of(Plan {
        with_live: false,
        with_ingest: false,
        by: By::Replica,
        ..Plan::default()
    })
    .await;
    house.store.write(&[blocked(1, 7, "bob")]).await.unwrap();
    let key = house.key_of("ann", &[Scope::Admin]).await;
    let answer = login(&house, &key, "same-origin").await;
    assert_eq!(answer.headers()[LOCATION], "/review");
    let cookie = cookie(&answer);
    assert_eq!(review(&house, &cookie, ATTACK).await.status(), 200);
    assert_eq!(bursts(&house, &cookie, "?reviewed=true").await.len(), 1);
}
