//! What the documents show is what works: their clients ask a real service.

use crate::events::{attack_from, ndjson};
use crate::http::Http;
use crate::process::{Process, credsieve, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ATTACKER: &str = "198.51.100.81";

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The lines of a text from one that starts with `from` to the next blank line outside of it.
fn function(text: &str, from: &str) -> String {
    let start = text.find(from).unwrap_or_else(|| panic!("no `{from}`"));
    let end = |line: &&str| line.is_empty() || line.starts_with("```");
    let lines = text[start..].lines();
    lines
        .take_while(|line| !end(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_clients_in_the_readme_are_those_in_the_folder() {
    let readme = read("README.md");
    for (path, from) in [
        ("docs/clients/credsieve_client.py", "def decide("),
        (
            "docs/clients/credsieve-client.mjs",
            "export async function decide(",
        ),
    ] {
        assert_eq!(
            function(&readme, from),
            function(&read(path), from),
            "{path}"
        );
    }
}

#[test]
fn the_clients_get_an_answer_and_fail_open() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut command = credsieve(&["standalone", "--listen", "127.0.0.1:0", "--state-dir"]);
    command.arg(folder.path());
    let mut service = Process::start(command);
    let address = service.address();
    let store = format!(
        "sqlite:{}",
        folder.path().join("credsieve.sqlite").display()
    );
    let mut command = credsieve(&["keys", "create", "--name", "docs", "--scopes"]);
    command.args(["decide,ingest,read", "--store", &store]);
    let key = run(command, b"").with_code(0).text().trim().to_owned();
    let http = Http::to(&address).with_key(&key);
    http.await_ready();
    http.post_lines("/v1/events", &ndjson(&attack_from(ATTACKER, 0..100)))
        .json(200);

    let question = format!(r#"{{"ip":"{ATTACKER}","username":"alice"}}"#);
    let url = format!("http://{address}");
    for (program, client) in [
        ("python3", "docs/clients/credsieve_client.py"),
        ("node", "docs/clients/credsieve-client.mjs"),
    ] {
        let there = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if there.is_err() {
            println!("skipped: {client}, since there is no {program} on this machine");
            continue;
        }
        let ask = |url: &str, key: &str| {
            let mut command = Command::new(program);
            command.arg(project(client)).args([url, key, &question]);
            run(command, b"").with_code(0).text().trim().to_owned()
        };
        assert_eq!(ask(&url, &key), "block", "{client}");
        assert_eq!(ask(&url, "csk_wrong"), "allow", "{client} with a bad key");
        assert_eq!(ask("http://127.0.0.1:1", &key), "allow", "{client} alone");
    }
    service.stop("TERM").with_code(0);
}

/// The fenced blocks of a language, in their order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let rest = text.split(&fence).skip(1);
    rest.map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_example_of_the_guide_to_lists_gives_the_verdicts_that_it_shows() {
    let guide = read("docs/lists.md");
    let (json, shown) = (blocks(&guide, "json"), blocks(&guide, "text"));
    let folder = tempfile::tempdir().expect("a folder for the test");
    let lists = folder.path().join("lists.ndjson");
    std::fs::write(&lists, &json[0]).expect("the folder is ours");
    let mut command = credsieve(&["replay", "-q", "--lists"]);
    command.arg(&lists);
    let verdicts = run(command, json[1].as_bytes()).with_code(0).text();
    let mut said = String::new();
    for line in verdicts.lines() {
        let verdict: serde_json::Value = serde_json::from_str(line).expect("a verdict");
        let mut told = vec![verdict["event_id"].clone(), verdict["decision"].clone()];
        for reason in verdict["reasons"].as_array().expect("reasons") {
            if reason["family"] == "list" {
                told.extend([reason["entity"].clone(), reason["value"].clone()]);
            }
        }
        said.push_str(&serde_json::Value::from(told).to_string());
        said.push('\n');
    }
    assert_eq!(said, shown[0]);
    assert!(verdicts.contains(json[2].trim()), "{}", json[2]);
}

#[test]
fn the_list_entry_in_the_operations_guide_is_in_force_in_a_replay() {
    let guide = read("docs/operations.md");
    let entry = guide.lines().find(|line| line.starts_with("{\"id\":"));
    let folder = tempfile::tempdir().expect("a folder for the test");
    let lists = folder.path().join("lists");
    std::fs::write(&lists, entry.expect("an example")).expect("the folder is ours");
    for (endpoint, decision) in [("admin", "block"), ("web", "allow")] {
        let event = format!(
            r#"{{"event_id":"e","time":"2025-06-01T00:00:00Z","outcome":"success","ip":"203.0.113.9","endpoint":"{endpoint}"}}"#
        );
        let mut command = credsieve(&["replay", "--lists"]);
        command.arg(&lists);
        let verdict = run(command, event.as_bytes()).with_code(0).text();
        let decided = format!("\"decision\":\"{decision}\"");
        assert!(verdict.contains(&decided), "{endpoint}: {verdict}");
    }
}
