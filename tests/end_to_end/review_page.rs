//! The page to review on, in a real browser: a person signs in, reads, says what it was by keyboard, and
//! sees it leave the queue.

use crate::deployment::Deployment;
use crate::events::{attack_from, ndjson};
use crate::http::Http;
use crate::process::{Process, credsieve, run};
use credsieve_testkit::browser::Browser;
use credsieve_testkit::tab::Tab;
use serde_json::json;
use std::path::Path;

const ATTACKER: &str = "198.51.100.83";
const HOSTILE_NAME: &str = "<b id=evil>eve</b>";
const HOSTILE_NOTE: &str = "<i id=evil>ticket</i> 4711";

/// Nothing is in the queue.
const NONE: &str = "document.querySelectorAll('#sessions section').length === 0";

/// A service that has seen an attack, and keys for it.
struct Service {
    _process: Process,
    _folder: tempfile::TempDir,
    url: String,
    /// May review.
    ann: String,
    ben: String,
    /// May only look.
    rita: String,
}

impl Service {
    fn attacked() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0", "--state-dir"]);
        command.arg(folder.path());
        let mut process = Process::start(command);
        let address = process.address();
        // All of them before the service asks for the first, since it then asks no more for a second.
        let key = |name, scopes| key(folder.path(), name, scopes);
        let app = key("app", "ingest,read");
        let (ann, ben) = (key("ann", "admin"), key("ben", "admin"));
        let rita = key("rita", "read");
        let http = Http::to(&address).with_key(&app);
        http.await_ready();
        let mut attack = attack_from(ATTACKER, 0..100);
        let mut last: serde_json::Value = serde_json::from_slice(&attack[99]).expect("an event");
        last["username"] = HOSTILE_NAME.into();
        attack[99] = last.to_string().into_bytes();
        http.post_lines("/v1/events", &ndjson(&attack)).json(200);
        Self {
            _process: process,
            _folder: folder,
            url: format!("http://{address}"),
            ann,
            ben,
            rita,
        }
    }
}

/// A tab in which somebody signed in, in the form, and was led to `home`.
fn signed_in(browser: &Browser, url: &str, key: &str, home: &str) -> Tab {
    let mut tab = Tab::open(browser).expect("a browser");
    let on = |tab: &mut Tab, path: &str| {
        let there = format!("location.pathname === '{path}' && document.readyState === 'complete'");
        tab.until(&there).expect("the page");
    };
    // Who is not known is led to the form.
    tab.go(&format!("{url}/review")).expect("an answer");
    on(&mut tab, "/login");
    tab.until("document.activeElement === document.querySelector('#key')")
        .expect("the focus is in the field");
    tab.write(key).expect("written");
    tab.press("Enter").expect("sent");
    on(&mut tab, home);
    tab
}

fn review(tab: &mut Tab, url: &str, query: &str) {
    tab.go(&format!("{url}/review{query}")).expect("an answer");
    tab.until("document.getElementById('state').textContent !== 'Loading…'")
        .expect("it is drawn");
}

fn key(folder: &Path, name: &str, scopes: &str) -> String {
    let store = format!("sqlite:{}", folder.join("credsieve.sqlite").display());
    let mut command = credsieve(&["keys", "create", "--name", name, "--scopes", scopes]);
    command.args(["--store", &store]);
    run(command, b"").with_code(0).text().trim().to_owned()
}

/// The text in the queue, also what is folded.
fn shown(tab: &mut Tab) -> String {
    let text = tab.value("document.getElementById('sessions').textContent");
    text.expect("a text").as_str().expect("a text").to_owned()
}

fn said(tab: &mut Tab) -> String {
    let text = tab.value("document.getElementById('state').textContent");
    text.expect("a text").as_str().expect("a text").to_owned()
}

/// Goes on by keyboard from the first verdict of the first form: takes it, writes a note and saves.
fn say_attack(tab: &mut Tab) {
    tab.value("document.querySelector('#sessions input[type=radio]').focus()")
        .expect("a form");
    tab.press(" ").expect("taken");
    tab.press("Tab").expect("to the note");
    tab.write(HOSTILE_NOTE).expect("written");
    tab.press("Enter").expect("sent");
}

#[test]
fn a_person_reviews_a_session_by_keyboard_and_sees_it_leave_the_queue() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let service = Service::attacked();
    let mut tab = signed_in(&browser, &service.url, &service.ann, "/");
    tab.until("document.querySelector('header a[href=\"/review\"]') !== null")
        .expect("the overview leads to it");
    review(&mut tab, &service.url, "");
    let queue = shown(&mut tab);
    assert!(queue.contains(ATTACKER), "{queue}");
    assert!(queue.contains(HOSTILE_NAME), "a name is a name: {queue}");
    assert!(queue.contains("named users who do not exist"), "{queue}");
    assert_eq!(said(&mut tab), "1 waiting, in all.");

    say_attack(&mut tab);
    tab.until(NONE).expect("it leaves the queue");
    assert!(said(&mut tab).starts_with("Saved:"), "{}", said(&mut tab));
    assert_eq!(shown(&mut tab), "No session waits for a review.");
    review(&mut tab, &service.url, "");
    assert_eq!(shown(&mut tab), "No session waits for a review.");

    review(&mut tab, &service.url, "?reviewed=true");
    let reviewed = shown(&mut tab);
    assert!(reviewed.contains("ann said at 20"), "{reviewed}");
    assert!(reviewed.contains("(UTC): an attack."), "{reviewed}");
    assert!(
        reviewed.contains(HOSTILE_NOTE),
        "a note is a note: {reviewed}"
    );
    let evil = tab.value("document.getElementById('evil') === null");
    assert_eq!(evil.expect("a page"), true);

    tab.go(&format!("{}/acts", service.url)).expect("an answer");
    tab.until("document.getElementById('acts').innerText.includes('reviewed a session')")
        .expect("the act is told");
    let acts = tab.value("document.querySelector('#acts tr').innerText");
    let acts = acts.expect("a row").to_string();
    assert!(acts.contains("ann (key "), "{acts}");
}

#[test]
fn small_sessions_are_left_out_by_keyboard_and_the_address_keeps_it() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let service = Service::attacked();
    let mut tab = signed_in(&browser, &service.url, &service.ann, "/");
    review(&mut tab, &service.url, "");
    tab.value("document.getElementById('size').focus()")
        .expect("a choice");
    tab.press("ArrowDown").expect("5 or more");
    tab.press("Tab").expect("to the button");
    tab.press("Enter").expect("sent");
    tab.until("location.search === '?reviewed=false&min_attempts=5'")
        .expect("it stands in the address");
    let large = "1 waiting with 5 or more attempts, in all.";
    let says = |text: &str| format!("document.getElementById('state').textContent === '{text}'");
    tab.until(&says(large)).expect("the large one is there");
    assert!(shown(&mut tab).contains(ATTACKER));

    let chosen = |value: &str| format!("document.getElementById('size').value === '{value}'");
    review(&mut tab, &service.url, "?min_attempts=5000");
    let none = "No session with 5000 or more attempts waits for a review.";
    assert_eq!(shown(&mut tab), none);
    tab.until(&chosen("5000")).expect("a number of one's own");
    tab.value("document.getElementById('reviewed').click()")
        .expect("a link");
    tab.until("location.search === '?reviewed=true&min_attempts=5000'")
        .expect("the size goes along");
    tab.until(&chosen("5000")).expect("and is shown");
    review(&mut tab, &service.url, "?min_attempts=few");
    let refused = said(&mut tab);
    assert!(refused.contains("a whole number, 1 or more"), "{refused}");
}

#[test]
fn who_was_second_sees_what_the_first_said() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let service = Service::attacked();
    let mut tab = signed_in(&browser, &service.url, &service.ann, "/");
    review(&mut tab, &service.url, "");
    let address = service.url.strip_prefix("http://").expect("an address");
    let ben = Http::to(address).with_key(&service.ben);
    let session = ben.get("/v1/sessions").json(200)["items"][0].clone();
    let id = session["session_id"].as_str().expect("an id");
    let first = json!({"verdict": "test", "note": "our own", "version": session["version"]});
    ben.post(&format!("/v1/sessions/{id}/review"), first.to_string())
        .json(200);

    say_attack(&mut tab);
    tab.until("document.getElementById('state').textContent.startsWith('Not saved')")
        .expect("it says so");
    assert_eq!(
        said(&mut tab),
        "Not saved: ben was first, and said: a test."
    );
    let card = shown(&mut tab);
    assert!(card.contains("ben said at 20"), "{card}");
    assert!(card.contains("our own"), "{card}");
}

#[test]
fn who_may_only_look_is_shown_no_form() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let service = Service::attacked();
    let mut tab = signed_in(&browser, &service.url, &service.rita, "/");
    review(&mut tab, &service.url, "");
    assert!(shown(&mut tab).contains(ATTACKER));
    let forms = tab.value("document.querySelectorAll('#sessions form').length");
    assert_eq!(forms.expect("a page"), 0);
    let notice = tab.value("document.getElementById('notice').innerText");
    let notice = notice.expect("a page").to_string();
    assert!(notice.contains("not review"), "{notice}");
}

#[test]
fn people_review_at_an_api_node_what_the_detector_flagged() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let deployment = Deployment::new("review-page", 1);
    deployment.produce(&attack_from(ATTACKER, 0..100));
    let detector = deployment.start("detector");
    deployment.await_verdicts(100);
    let mut node = deployment.start("api");
    let create = deployment.command(&["keys", "create", "--name", "ann", "--scopes", "admin"]);
    let key = run(create, b"").with_code(0).text();
    let url = format!("http://{}", node.address());
    let stored = Http::to(&node.address()).with_key(key.trim());
    stored.await_ready();
    crate::process::until("the session", || {
        let page = stored.get("/v1/sessions").json(200);
        page["items"][0]["attempts"].as_i64() > Some(50)
    });

    // There is no stream to look at.
    let mut tab = signed_in(&browser, &url, key.trim(), "/review");
    review(&mut tab, &url, "");
    let queue = shown(&mut tab);
    assert!(
        queue.contains(ATTACKER) && queue.contains("victim7"),
        "{queue}"
    );
    say_attack(&mut tab);
    tab.until(NONE).expect("it leaves the queue");
    let session = stored.get("/v1/sessions").json(200)["items"][0].clone();
    assert_eq!(session["review"]["author"], "ann");
    assert_eq!(session["review"]["note"], HOSTILE_NOTE);
    node.stop("TERM");
    detector.stop("TERM");
}
