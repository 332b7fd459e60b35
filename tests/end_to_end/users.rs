//! Users of the database: every deployment of these tests has one for each role, but the one here.

use crate::deployment::Deployment;
use crate::events::honeypot;
use crate::process::run;
use std::collections::BTreeSet;

#[test]
fn one_user_of_the_database_can_do_everything() {
    let events = honeypot();
    let deployment = Deployment::of_one_user("single");
    deployment.produce(&events);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    http.await_ready();
    deployment.await_verdicts(events.len());
    detector.stop("TERM");
    deployment.expect_what_replay_says(&events);
}

#[test]
fn who_does_not_own_a_schema_that_is_behind_says_what_to_do_and_ends() {
    let deployment = Deployment::new("behind", 1);
    deployment.set_schema_back();
    for role in [&["detector"][..], &["api"], &["keys", "list"]] {
        let refused = run(deployment.command(role), b"").with_code(1);
        assert!(
            refused.stderr.contains("run `credsieve migrate`"),
            "{role:?}: {}",
            refused.stderr
        );
    }
}

/// The words that stand between two marks.
fn between<'a>(text: &'a str, from: &str, to: char) -> Vec<&'a str> {
    let parts = text.split(from).skip(1);
    parts.filter_map(|part| part.split(to).next()).collect()
}

#[test]
fn in_the_compose_file_each_part_has_a_user_and_a_password_of_its_own() {
    let compose = include_str!("../../docker-compose.yml");
    let users = between(compose, "postgres://", '@');
    let expected = ["owner", "detector", "api", "keys"].map(|name| {
        let variable = name.to_uppercase();
        format!("credsieve_{name}:${{CREDSIEVE_{variable}_PASSWORD:?set it in .env}}")
    });
    assert_eq!(users, expected);

    let asked: BTreeSet<&str> = between(compose, "${", ':').into_iter().collect();
    let example = include_str!("../../.env.example");
    for variable in asked {
        assert!(example.contains(&format!("\n{variable}=")), "{variable}");
    }
    let roles = include_str!("../../deploy/postgres/roles.sql");
    for variable in between(roles, "\\getenv ", '\n') {
        let (_, variable) = variable.split_once(' ').expect("a name and a variable");
        assert!(compose.contains(&format!("      {variable}: ${{{variable}:?")));
    }
}
