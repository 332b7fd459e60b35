//! The overview page in a real browser: what a person sees, and that a hostile name is only a name.

use crate::events::{attack_from, ndjson, now_ms};
use crate::http::Http;
use crate::process::{Process, credsieve, run, word_after};
use credsieve_testkit::browser::{Browser, text_of};

const ATTACKER: &str = "198.51.100.82";
const HOSTILE_NAME: &str = "<b id=evil>eve</b>";

#[test]
fn a_person_sees_the_attack_and_a_hostile_name_stays_a_name() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let seen = |url: &str| browser.seen(url).expect("the browser shows it");
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
    // Over the last twenty seconds: what is seen of a campaign is told some seconds later.
    let from_ms = now_ms() - 20_000;
    let attack: Vec<Vec<u8>> = attack_from(ATTACKER, 0..100)
        .iter()
        .zip(0..)
        .map(|(event, n)| {
            let mut event: serde_json::Value = serde_json::from_slice(event).expect("an event");
            event["time"] = (from_ms + n * 200).into();
            if n == 99 {
                event["username"] = HOSTILE_NAME.into();
            }
            event.to_string().into_bytes()
        })
        .collect();
    http.post_lines("/v1/events", &ndjson(&attack)).json(200);

    let page = seen(&link);
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

    let campaigns = page.split("<tbody id=\"campaigns\">").nth(1);
    let campaigns = campaigns.and_then(|rest| rest.split("</tbody>").next());
    let campaigns = campaigns.expect("the table");
    assert!(campaigns.contains("going on"), "{campaigns}");
    assert!(campaigns.contains(ATTACKER), "{campaigns}");

    let again = seen(&link);
    assert!(!again.contains(ATTACKER), "the link works once\n{again}");
    service.stop("TERM").with_code(0);
}
