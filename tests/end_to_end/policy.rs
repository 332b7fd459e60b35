//! `credsieve policy`: checked before it is in force.

use crate::process::{Ended, credsieve, run};
use std::path::Path;

fn policy(args: &[&str], files: &[&Path]) -> Ended {
    let mut command = credsieve(&["policy"]);
    command.args(args).args(files);
    run(command, b"")
}

#[test]
fn the_defaults_that_are_shown_are_a_good_policy_and_differ_in_nothing() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("policy.toml");
    let shown = policy(&["show"], &[]).with_code(0);
    std::fs::write(&file, &shown.stdout).expect("the folder is ours");
    let checked = policy(&["check"], &[&file]).with_code(0).text();
    assert!(checked.contains("good, sha256:"), "{checked}");
    assert_eq!(policy(&["diff"], &[&file]).with_code(0).text(), "");
}

#[test]
fn what_is_wrong_with_a_policy_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, "mode = \"shadow\"\n\nmoode = 1\n").expect("the folder is ours");
    let ended = policy(&["check"], &[&file]).with_code(1);
    assert!(ended.stderr.contains("policy.toml:3: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("moode"), "{}", ended.stderr);
    policy(&["check"], &[&folder.path().join("absent")]).with_code(1);
    policy(&["check"], &[]).with_code(2);
}

#[test]
fn a_policy_whose_file_of_names_is_missing_is_not_good() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("policy.toml");
    std::fs::write(&file, "[names]\nfile = \"names.txt\"\n").expect("the folder is ours");
    let ended = policy(&["check"], &[&file]).with_code(1);
    assert!(ended.stderr.contains("names.txt"), "{}", ended.stderr);
    std::fs::write(folder.path().join("names.txt"), "admin\n").expect("the folder is ours");
    policy(&["check"], &[&file]).with_code(0);
}

#[test]
fn what_differs_between_two_policies_is_shown() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (plain, shadow) = (folder.path().join("plain"), folder.path().join("shadow"));
    std::fs::write(&plain, "").expect("the folder is ours");
    std::fs::write(&shadow, "mode = \"shadow\"\n").expect("the folder is ours");
    let diff = policy(&["diff"], &[&plain, &shadow]).with_code(0).text();
    assert_eq!(diff.lines().count(), 1, "{diff}");
    assert!(diff.contains("mode") && diff.contains("shadow"), "{diff}");
}
