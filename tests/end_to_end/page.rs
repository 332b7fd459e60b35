//! The overview page in a real browser: what a person sees, and that a hostile name is only a name.

use crate::events::attack_from;
use crate::events::ndjson;
use crate::http::Http;
use crate::process::{Process, credsieve, run, word_after};
use std::process::{Command, Stdio};

const ATTACKER: &str = "198.51.100.82";
const HOSTILE_NAME: &str = "<b id=evil>eve</b>";

/// A browser of this machine, if it has one.
fn browser() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            let asked = Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            asked.is_ok_and(|status| status.success())
        })
}

/// The page as the browser has made it, after its script has run.
fn seen(browser: &str, url: &str) -> String {
    let profile = tempfile::tempdir().expect("a folder for the browser");
    let mut command = Command::new(browser);
    command.args([
        "--headless",
        // The browser's own walls need rights that a test has not; it opens our page alone.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--virtual-time-budget=4000",
        "--dump-dom",
    ]);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    command.arg(url);
    run(command, b"").with_code(0).text()
}

/// The text of the first element with that id.
fn text_of(page: &str, id: &str) -> String {
    let from = page.find(&format!("id=\"{id}\"")).expect("the element");
    let text = page[from..].split_once('>').expect("its end").1;
    text.split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn a_person_sees_the_attack_and_a_hostile_name_stays_a_name() {
    let Some(browser) = browser() else {
        println!("skipped: no chromium on this machine (apt-get install chromium)");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0", "--state-dir"]);
    command.arg(folder.path());
    let mut service = Process::start(command);
    let address = service.address();
    let link = service.await_word("the link", |s| word_after(&s.output(), "stands. Open "));
    let store = format!(
        "sqlite:{}",
        folder.path().join("credsieve.sqlite").display()
    );
    let mut command = credsieve(&["keys", "create", "--name", "page", "--scopes"]);
    command.args(["ingest,read", "--store", &store]);
    let key = run(command, b"").with_code(0).text().trim().to_owned();
    let http = Http::to(&address).with_key(&key);
    http.await_ready();
    let mut attack = attack_from(ATTACKER, 0..100);
    let last = String::from_utf8(attack.pop().expect("events")).expect("JSON is text");
    let mut last: serde_json::Value = serde_json::from_str(&last).expect("an event");
    last["username"] = HOSTILE_NAME.into();
    attack.push(last.to_string().into_bytes());
    http.post_lines("/v1/events", &ndjson(&attack)).json(200);

    let page = seen(browser, &link);
    let blocked: u32 = text_of(&page, "total-block").parse().expect("a number");
    assert!(blocked > 20, "{blocked} blocked\n{page}");
    assert_eq!(text_of(&page, "total-all"), "100");
    assert_eq!(text_of(&page, "state"), "Live");
    assert!(page.contains(ATTACKER), "{page}");
    assert!(
        page.contains("&lt;b id=evil&gt;eve"),
        "the name is shown\n{page}"
    );
    assert!(!page.contains("<b id="), "and is no element\n{page}");

    let again = seen(browser, &link);
    assert!(!again.contains(ATTACKER), "the link works once\n{again}");
    service.stop("TERM").with_code(0);
}
