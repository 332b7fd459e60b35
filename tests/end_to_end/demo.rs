//! `credsieve standalone --demo`: what somebody sees who tries it for the first time.

use crate::http::Http;
use crate::process::{Process, credsieve, until, word_after};

/// The number after a word of the newest live line.
fn live(output: &str, word: &str) -> u64 {
    let line = output
        .lines()
        .rev()
        .find(|line| line.contains("/s   allowed "));
    let number = line.and_then(|line| line.split_once(word)?.1.split_whitespace().next());
    number.map_or(0, |number| number.parse().expect("a number"))
}

#[test]
fn the_demonstration_shows_decisions_opens_its_page_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut command = credsieve(&["standalone", "--demo"]);
    command
        .env("TMPDIR", folder.path())
        .current_dir(folder.path());
    let mut demo = Process::start(command);
    let link = demo.await_word("the link", |demo| word_after(&demo.output(), "Look: "));
    let rest = link.strip_prefix("http://").expect("a link");
    let (address, path) = rest.split_once('/').expect("a link");
    let http = Http::to(address);
    let path = format!("/{path}");

    let closed = http.get("/");
    assert_eq!(closed.status, 303, "{closed:?}");
    let opened = http.get(&path);
    assert_eq!(opened.status, 303, "{opened:?}");
    let cookie = opened.cookie.expect("a cookie");
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let cookie = cookie.split(';').next().expect("its first part");
    let page = http.get_with_cookie("/", cookie);
    assert_eq!(page.status, 200);
    assert!(page.content_type.starts_with("text/html"), "{page:?}");
    let again = http.get(&path);
    assert_eq!((again.status, again.cookie), (401, None));

    until("blocked attempts in the live line", || {
        live(&demo.output(), "blocked ") > 0
    });
    assert!(live(&demo.output(), "allowed ") > 0);
    let overview = http.get_with_cookie("/overview.json", cookie).json(200);
    assert!(overview.to_string().contains("block"), "{overview}");

    assert_eq!(demo.group().len(), 1, "one process");
    demo.stop("INT");
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is ours")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
