//! Health, metrics, limits, secrets and the end.

use crate::house::{House, Plan, json, problem};
use credsieve_api::Settings;
use credsieve_store::Scope;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn readiness_says_what_it_waits_for_and_what_to_know_to_who_may_read() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    let other = house.key(&[Scope::Decide]).await;
    house.readiness.note("windows", "they started empty");
    let ready = json(house.get("/readyz", &key).await, StatusCode::OK).await;
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["notes"][0]["what"], "they started empty");
    house.readiness.wait("kafka", "an assignment");
    let waiting = house.get("/readyz", &key).await;
    let waiting = json(waiting, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(waiting["waiting"][0]["part"], "kafka");
    assert_eq!(waiting["waiting"][0]["what"], "an assignment");
    // What is said may name files and offsets; anybody may ask.
    for key in ["", "csk_nonsense", &other] {
        let waiting = house.get("/readyz", key).await;
        let text = waiting.text().await.unwrap();
        assert_eq!(
            text,
            r#"{"ready":false,"waiting":[{"part":"kafka"}],"notes":[]}"#
        );
    }
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_path() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    house.get("/v1/entities/ip/203.0.113.77", &key).await;
    house.get("/nowhere/203.0.113.77", &key).await;
    let answer = house.get("/metrics", &key).await;
    let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"));
    let text = answer.text().await.unwrap();
    let counted = r#"credsieve_http_requests_total{route="/v1/entities/{dimension}/{key}",method="GET",status="404"} 1"#;
    assert!(text.contains(counted), "{text}");
    assert!(text.contains(r#"route="unmatched""#));
    assert!(text.contains("credsieve_http_request_duration_seconds_bucket"));
    assert!(!text.contains("203.0.113.77"));
}

/// A service with no place for requests that are no questions.
async fn full_house() -> House {
    House::of(Plan {
        settings: Settings {
            max_requests: 0,
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await
}

#[tokio::test]
async fn one_request_too_many_is_refused_but_health_is_not() {
    let house = full_house().await;
    let key = house.key(&[Scope::Read, Scope::Decide]).await;
    let answer = house.get("/v1/lists", &key).await;
    assert_eq!(answer.headers()["retry-after"], "1");
    problem(answer, 503, "overloaded").await;
    json(house.get("/healthz", "").await, StatusCode::OK).await;
    let question = r#"{"ip":"203.0.113.9"}"#;
    json(
        house.post("/v1/decide", &key, question).await,
        StatusCode::OK,
    )
    .await;
}

/// Sends a head that promises a body, and no body.
async fn stuck_request(house: &House, key: &str) -> TcpStream {
    let fields = format!("authorization: Bearer {key}\r\ncontent-type: application/json");
    stuck(house, "/v1/decide", &fields, 20).await
}

async fn stuck(house: &House, path: &str, fields: &str, bytes: usize) -> TcpStream {
    let address = house.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\ncontent-length: {bytes}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_body_that_does_not_come_gets_408() {
    let house = House::of(Plan {
        settings: Settings {
            decide_timeout: Duration::from_millis(200),
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await;
    let key = house.key(&[Scope::Decide]).await;
    let mut stream = stuck_request(&house, &key).await;
    let mut start = [0u8; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// The status with which a connection is answered.
async fn status(stream: &mut TcpStream) -> String {
    let mut start = [0u8; 12];
    let read = stream.read_exact(&mut start);
    let read = tokio::time::timeout(Duration::from_secs(20), read).await;
    read.expect("an answer").unwrap();
    String::from_utf8(start[9..].to_vec()).unwrap()
}

/// Asks until an answer has a status.
async fn until_status<F: Future<Output = reqwest::Response>>(
    status: StatusCode,
    ask: impl Fn() -> F,
) -> reqwest::Response {
    let asked = async {
        loop {
            let answer = ask().await;
            if answer.status() == status {
                return answer;
            }
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(20), asked).await;
    asked.expect("the status in time")
}

#[tokio::test]
async fn forms_that_do_not_come_take_places_of_forms_alone_and_not_for_long() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    let post = || async {
        let form = house.client.post(format!("{}/login", house.url));
        let form = form.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        form.body("key=csk_x").send().await.unwrap()
    };
    let all = tokio::sync::Mutex::new(Vec::new());
    // All at once, since each is shown out after a second; and again where the machine was too slow for that.
    let refused = until_status(StatusCode::SERVICE_UNAVAILABLE, || async {
        for _ in 0..16 {
            let form = stuck(&house, "/login", FORM, 20).await;
            all.lock().await.push(form);
        }
        post().await
    })
    .await;
    problem(refused, 503, "overloaded").await;
    json(house.get("/v1/lists", &key).await, StatusCode::OK).await;
    let mut all = all.into_inner();
    assert!(all.len() >= 16);
    assert_eq!(status(&mut all[0]).await, "408");
    until_status(StatusCode::UNAUTHORIZED, post).await;
}

#[tokio::test]
async fn a_key_can_be_shown_when_every_other_place_is_taken() {
    let house = full_house().await;
    let mut stream = stuck(&house, "/login", FORM, 9).await;
    stream.write_all(b"key=csk_x").await.unwrap();
    assert_eq!(status(&mut stream).await, "401");
}

#[tokio::test]
async fn bodies_of_events_share_64_mib_and_one_more_is_refused() {
    let house = House::open().await;
    let key = house.key(&[Scope::Ingest]).await;
    let fields = format!("authorization: Bearer {key}\r\ncontent-type: application/x-ndjson");
    let send = || house.post("/v1/events", &key, "[]");
    json(send().await, StatusCode::OK).await;
    let all = tokio::sync::Mutex::new(Vec::new());
    let refused = until_status(StatusCode::SERVICE_UNAVAILABLE, || async {
        all.lock()
            .await
            .push(stuck(&house, "/v1/events", &fields, 8 << 20).await);
        send().await
    })
    .await;
    assert_eq!(refused.headers()["retry-after"], "1");
    problem(refused, 503, "overloaded").await;
    let taken = all.lock().await.len();
    assert!((8..100).contains(&taken), "the places of requests are more");
    all.lock().await.clear();
    until_status(StatusCode::OK, send).await;
}

#[tokio::test]
async fn half_a_head_holds_no_connection_for_ever() {
    let house = House::of(Plan {
        settings: Settings {
            idle_timeout: Duration::from_millis(100),
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await;
    let address = house.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST /v1/decide HT").await.unwrap();
    // Ends when the other side closes, in whatever way it does.
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer);
    let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_head_of_more_than_16_kib_is_refused_before_it_ends() {
    let house = House::open().await;
    let address = house.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}",
        "x".repeat(17 * 1024)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, "431");
}

#[tokio::test]
async fn half_a_head_holds_no_connection_as_long_as_an_idle_one_is_kept() {
    let house = House::of(Plan {
        settings: Settings {
            decide_timeout: Duration::from_millis(10),
            request_timeout: Duration::from_millis(10),
            write_timeout: Duration::from_millis(10),
            idle_timeout: Duration::from_hours(1),
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await;
    let address = house.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let whole = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(whole).await.unwrap();
    assert_eq!(status(&mut stream).await, "200");
    // The next one on the same connection does not come to its end.
    stream.write_all(&whole[..20]).await.unwrap();
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    let ended = tokio::time::timeout(Duration::from_secs(30), ended).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_holds_no_connection_for_ever() {
    let house = House::of(Plan {
        settings: Settings {
            idle_timeout: Duration::from_millis(200),
            ..Settings::default()
        },
        ..Plan::default()
    })
    .await;
    let address = house.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nx: ")
        .await
        .unwrap();
    let dripping = async {
        let mut drip = tokio::time::interval(Duration::from_millis(10));
        loop {
            drip.tick().await;
            if stream.write_all(b"x").await.is_err() {
                return;
            }
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(10), dripping).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn keys_and_seeds_are_never_shown() {
    let house = House::open().await;
    let key = house.key(&[Scope::Read]).await;
    let records = house.store.keys().await.unwrap();
    let shown = format!("{:?} {records:?} {:?}", house.state, house.engine);
    assert!(
        !shown.contains(&key[17..]) && !shown.contains("secret_hash"),
        "{shown}"
    );
    let link = house.state.one_time_link().unwrap();
    let shown = format!("{:?}", house.state);
    assert!(!shown.contains(&link[12..]));
}

#[tokio::test]
async fn the_end_closes_the_door_and_finishes_what_is_under_way() {
    let house = House::open().await;
    let key = house.key(&[Scope::Decide]).await;
    // Waits in its handler for its body, which comes after the end was asked for.
    let mut stream = stuck_request(&house, &key).await;
    json(house.get("/healthz", "").await, StatusCode::OK).await;
    house.shutdown.cancel();
    stream.write_all(b"{\"ip\":\"203.0.113.9\"}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    house.task.await.unwrap().unwrap();
}
