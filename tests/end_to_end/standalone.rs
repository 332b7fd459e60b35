//! `credsieve standalone` without Kafka: one process, SQLite, events over HTTP.

use crate::events::{MANY, attack_from, generated, ndjson, now_ms};
use crate::http::Http;
use crate::process::{Process, credsieve, run, word_after};
use credsieve_models::time::to_rfc3339;
use std::path::Path;

const DAY_MS: i64 = 86_400_000;
const ATTACKER: &str = "198.51.100.80";

fn start(folder: &Path) -> Process {
    let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0", "--state-dir"]);
    command.arg(folder);
    Process::start(command)
}

fn key(folder: &Path) -> String {
    let store = format!("sqlite:{}", folder.join("credsieve.sqlite").display());
    let mut command = credsieve(&["keys", "create", "--name", "test", "--scopes"]);
    command.args(["decide,ingest,read", "--store", &store]);
    run(command, b"").with_code(0).text().trim().to_owned()
}

#[test]
fn events_over_http_are_stored_when_acknowledged_and_windows_outlive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut service = start(folder.path());
    let address = service.address();
    let key = key(folder.path());
    let http = Http::to(&address).with_key(&key);
    http.await_ready();
    let link = service.await_word("the link", |s| word_after(&s.output(), "stands. Open "));
    assert!(
        link.starts_with(&format!("http://{address}/open?")),
        "{link}"
    );

    let others = ndjson(&generated(500, now_ms() - 4 * DAY_MS));
    let taken = http.post_lines("/v1/events", &others).json(200);
    assert_eq!(taken["accepted"], 500, "{taken}");
    let mut attack = attack_from(ATTACKER, 0..100);
    attack.insert(7, b"{\"event_id\":7}".to_vec());
    let taken = http.post_lines("/v1/events", &ndjson(&attack)).json(200);
    assert_eq!(taken["accepted"], 100, "{taken}");
    assert_eq!(taken["rejected"], 1, "{taken}");
    assert_eq!(taken["rejects"][0]["line"], 8, "{taken}");

    // Acknowledged means stored: they are there without waiting.
    let blocked = format!("/v1/verdicts?ip={ATTACKER}&decision=block&limit=1000");
    let stored = http.get(&blocked).json(200);
    let count = stored["items"].as_array().expect("a page").len();
    assert!(count > 20, "{count} blocked");
    let (from, to) = (now_ms() - 30 * DAY_MS, now_ms() + DAY_MS);
    let allows = format!(
        "/v1/stats/allows?from={}&to={}",
        to_rfc3339(from),
        to_rfc3339(to)
    );
    let allows = http.get(&allows).json(200);
    let allowed = allows["items"].as_array().expect("hours").iter();
    let allowed: i64 = allowed.filter_map(|hour| hour["count"].as_i64()).sum();
    let whole = http.get("/v1/verdicts?limit=1000").json(200);
    let whole = whole["items"].as_array().expect("a page").iter();
    let whole = whole.filter(|verdict| verdict["revision"] == 0).count();
    assert_eq!(
        allowed,
        600 - i64::try_from(whole).expect("a page is small")
    );

    // The same events again change nothing.
    let again = http.post_lines("/v1/events", &ndjson(&attack_from(ATTACKER, 0..100)));
    assert_eq!(again.json(200)["accepted"], 100);
    assert_eq!(http.get(&blocked).json(200), stored);
    let entity = format!("/v1/entities/ip/{ATTACKER}");
    let counters = http.get(&entity).json(200)["counters"].clone();
    assert!(!counters.as_array().expect("counters").is_empty());
    service.stop("TERM");

    let mut service = start(folder.path());
    let http = Http::to(&service.address()).with_key(&key);
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with what the last one remembered"),
        "{notes}"
    );
    assert_eq!(http.get(&entity).json(200)["counters"], counters);
    assert_eq!(http.get(&blocked).json(200), stored);
    let question = format!(r#"{{"ip":"{ATTACKER}","username":"alice"}}"#);
    assert_eq!(http.decide(&question)["decision"], "block");
    // New events go on behind the old ones.
    let more = http.post_lines("/v1/events", &ndjson(&attack_from(ATTACKER, 100..110)));
    assert_eq!(more.json(200)["accepted"], 10);
    let now = http.get(&blocked).json(200)["items"]
        .as_array()
        .map(Vec::len);
    assert_eq!(now, Some(count + 10));
    service.stop("TERM");
}

#[test]
fn without_kafka_whom_to_warn_is_read_over_http() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut service = start(folder.path());
    let http = Http::to(&service.address()).with_key(&key(folder.path()));
    http.await_ready();
    for some in generated(MANY, 1_740_000_000_000).chunks(5_000) {
        http.post_lines("/v1/events", &ndjson(some)).json(200);
    }
    let of = |kind| http.get_pages(&format!("/v1/alerts?kind={kind}&limit=100"));
    for kind in ["account_takeover", "campaign"] {
        let counted = http.metric(&format!("credsieve_alerts_total{{kind=\"{kind}\"}}"));
        assert!(counted > 0, "a third of it is attacks");
        assert_eq!(of(kind).len() as u64, counted, "{kind}");
    }
    let thief = &of("account_takeover")[0];
    let user = thief["username"].as_str().expect("a name");
    let of_user = http.get_pages(&format!("/v1/alerts?user={user}&limit=100"));
    assert!(of_user.contains(thief), "{of_user:?}");
    assert!(of_user.iter().all(|alert| alert["username"] == user));
    let verdicts = http.get_pages(&format!("/v1/verdicts?user={user}&limit=100"));
    let is_its = |verdict: &serde_json::Value| verdict["verdict_id"] == thief["verdict_id"];
    assert!(verdicts.iter().any(is_its), "{thief}");
    service.stop("TERM");
}

#[test]
fn in_shadow_mode_everything_is_decided_and_every_answer_is_allow() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "mode = \"shadow\"\n").expect("the folder is ours");
    let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0"]);
    command.arg("--state-dir").arg(folder.path());
    command.arg("--policy").arg(&policy);
    let mut service = Process::start(command);
    let address = service.address();
    let http = Http::to(&address).with_key(&key(folder.path()));
    http.await_ready();
    let attack = ndjson(&attack_from(ATTACKER, 0..100));
    http.post_lines("/v1/events", &attack).json(200);
    let answer = http.decide(&format!(r#"{{"ip":"{ATTACKER}","username":"alice"}}"#));
    assert_eq!(answer["decision"], "allow", "{answer}");
    assert_eq!(answer["would"], "block", "{answer}");
    let blocked = http.get("/v1/verdicts?decision=block&limit=1").json(200);
    assert_eq!(blocked["items"][0]["mode"], "shadow", "{blocked}");
    service.stop("TERM");
}

#[test]
fn a_state_that_is_gone_is_said_to_be_gone() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut service = start(folder.path());
    let http = Http::to(&service.address()).with_key(&key(folder.path()));
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with nothing remembered"),
        "{notes}"
    );
    service.stop("TERM");
    std::fs::write(folder.path().join("state"), b"no state").expect("the folder is ours");
    let mut service = start(folder.path());
    let http = Http::to(&service.address()).with_key(&key(folder.path()));
    let notes = http.await_ready();
    assert!(
        notes.contains("this run began with nothing remembered"),
        "{notes}"
    );
    service.stop("TERM");
}

#[test]
fn a_second_process_does_not_write_over_the_state_of_the_first() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut service = start(folder.path());
    service.address();
    let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0", "--state-dir"]);
    command.arg(folder.path());
    let ended = run(command, b"").with_code(1);
    assert!(
        ended.stderr.contains("is in use by another credsieve"),
        "{}",
        ended.stderr
    );
    service.stop("TERM");
    let mut again = start(folder.path());
    again.address();
    again.stop("TERM");
}

#[test]
fn what_a_stopped_service_leaves_is_all_in_the_one_file_of_its_store() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut service = start(folder.path());
    Http::to(&service.address())
        .with_key(&key(folder.path()))
        .await_ready();
    service.stop("TERM");
    let copied = tempfile::tempdir().expect("a folder for the copy");
    let file = "credsieve.sqlite";
    std::fs::copy(folder.path().join(file), copied.path().join(file)).expect("a copy");
    let mut command = credsieve(&["keys", "list", "--store"]);
    command.arg(format!("sqlite:{}", copied.path().join(file).display()));
    let listed = run(command, b"").with_code(0).text();
    assert!(listed.contains("decide,ingest,read"), "{listed}");
}
