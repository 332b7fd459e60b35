//! `credsieve keys`: made, listed, revoked while a process serves.

use crate::deployment::Deployment;
use crate::http::Http;
use crate::process::{credsieve, run, until};

#[test]
fn a_revoked_key_stops_working_within_seconds() {
    let deployment = Deployment::new("keys", 1);
    let mut detector = deployment.start("detector");
    let create = [
        "keys",
        "create",
        "--name",
        "auth",
        "--scopes",
        "decide,read",
    ];
    let created = run(deployment.command(&create), b"").with_code(0);
    let key = created.text();
    let key_id = key.split('_').nth(1).expect("a key has three parts");
    assert!(
        !created.stderr.contains(key.trim()),
        "shown once, on standard output"
    );
    let http = Http::to(&detector.address()).with_key(key.trim());
    assert_eq!(http.get("/v1/lists").status, 200);

    let list = || {
        run(deployment.command(&["keys", "list"]), b"")
            .with_code(0)
            .text()
    };
    let listed = list();
    assert!(
        listed.contains(key_id) && listed.contains("auth"),
        "{listed}"
    );
    let secret = key
        .trim()
        .rsplit('_')
        .next()
        .expect("a key has three parts");
    assert!(!listed.contains(secret));
    run(deployment.command(&["keys", "revoke", key_id]), b"").with_code(0);
    until("the refusal", || http.get("/v1/lists").status == 401);
    run(deployment.command(&["keys", "revoke", key_id]), b"").with_code(1);
    let unknown = ["keys", "create", "--name", "x", "--scopes", "everything"];
    run(deployment.command(&unknown), b"").with_code(2);

    // The trail tells of both, and of nothing that was refused.
    let admin = deployment.http(&mut detector, "admin");
    let trail = format!("/v1/audit?subject=key:{key_id}&limit=100");
    until("the new key", || admin.get(&trail).status == 200);
    let acts = admin.get_pages(&trail);
    let kinds: Vec<_> = acts.iter().map(|act| act["act"].as_str()).collect();
    assert_eq!(kinds, [Some("key_revoked"), Some("key_created")]);
    for act in &acts {
        assert_eq!(act["actor"], "command line");
        assert!(act["key_id"].is_null(), "{act}");
    }
    assert_eq!(acts[0]["old"], "auth (decide, read)");
    assert_eq!(acts[1]["new"], "auth (decide, read)");
    assert!(!format!("{acts:?}").contains(secret));
    detector.stop("TERM");
}

#[test]
fn a_store_that_is_not_there_gets_no_key_and_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("typo.sqlite");
    for store in [file.to_str().expect("a plain path"), ":memory:"] {
        let mut command = credsieve(&["keys", "create", "--name", "x", "--scopes", "read"]);
        command.args(["--store", &format!("sqlite:{store}")]);
        let refused = run(command, b"").with_code(1);
        assert_eq!(refused.text(), "");
        assert!(
            refused.stderr.contains("credsieve migrate"),
            "{}",
            refused.stderr
        );
    }
    assert!(!file.exists());
    let none = run(credsieve(&["keys", "list"]), b"").with_code(1);
    assert!(none.stderr.contains("--store"), "{}", none.stderr);
}

#[test]
fn a_key_has_a_name_that_can_be_shown_and_each_scope_once() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = format!("sqlite:{}", folder.path().join("keys.sqlite").display());
    run(credsieve(&["migrate", "--store", &store]), b"").with_code(0);
    let create = |name: &str| {
        let scopes = ["--scopes", "read,decide,read"];
        let mut command = credsieve(&["keys", "create", "--store", &store, "--name", name]);
        command.args(scopes);
        run(command, b"")
    };
    for bad in ["", "  ", "a\tb", "a\u{1b}[31mb", "a\u{9b}b"] {
        create(bad).with_code(2);
    }
    create("Anmeldung (Köln)").with_code(0);
    let listed = run(credsieve(&["keys", "list", "--store", &store]), b"");
    let listed = listed.with_code(0).text();
    assert!(listed.contains("Anmeldung (Köln)"), "{listed}");
    assert!(listed.contains("┆ decide,read ┆"), "{listed}");
}
