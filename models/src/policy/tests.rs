//! The policy's file, one sentence each.

use super::*;

#[test]
fn the_commented_file_and_the_compiled_defaults_are_the_same_policy() {
    let file = Policy::parse(DEFAULT_TOML).unwrap();
    assert_eq!(file.diff(&Policy::default()), Vec::<String>::new());
    assert_eq!(file, Policy::default());
}

#[test]
fn an_empty_file_is_the_default_and_one_value_changes_only_itself() {
    assert_eq!(Policy::parse("").unwrap(), Policy::default());
    let policy = Policy::parse("[standing]\nshared_users = 9\n").unwrap();
    assert_eq!(
        Policy::default().diff(&policy),
        ["standing.shared_users: 5 -> 9"]
    );
    assert_ne!(policy.hash(), Policy::default().hash());
}

#[test]
fn a_table_of_a_signal_needs_to_hold_only_what_differs() {
    for (text, differs) in [
        (
            "[signals.failures]\nusual = 6\n",
            "signals.failures.usual: 4 -> 6",
        ),
        (
            "[signals.daily_failures]\nweight = 3\n",
            "signals.daily_failures.weight: 4.0 -> 3.0",
        ),
        (
            "[signals.attempts]\nlevels = [10, 15, 30]\n",
            "signals.attempts.levels: [10,15,20] -> [10,15,30]",
        ),
        (
            "[signals.unknown_users]\nfailures = 30\n",
            "signals.unknown_users.failures: 20 -> 30",
        ),
    ] {
        let policy = Policy::parse(text).unwrap();
        assert_eq!(Policy::default().diff(&policy), [differs]);
    }
}

#[test]
fn unknown_keys_and_wrong_types_are_refused_with_their_line() {
    for (text, line, part) in [
        ("mode = \"enforce\"\nmood = 1\n", 2, "mood"),
        ("[decision]\n\nchalenge = 0.4\n", 3, "chalenge"),
        ("mode = \"loud\"\n", 1, "loud"),
        (
            "[signals.attempts]\nlevels = [1, 2]\nweights = [0, 0, 0]\n",
            2,
            "3",
        ),
        ("[decision]\nremember = \"soon\"\n", 2, "length of time"),
        ("[decision]\nprior = -900\n", 2, "nats"),
        ("[decision\n", 1, ""),
    ] {
        let error = Policy::parse(text).unwrap_err();
        assert_eq!(error.problems[0].line, Some(line), "{text}: {error}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn impossible_values_are_refused_with_their_line_and_all_at_once() {
    let text = "[decision]\nchallenge = 0.9\nblock = 0.8\n[state]\nshards = 63\n";
    let error = Policy::parse(text).unwrap_err();
    let lines: Vec<_> = error.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [Some(3), Some(5)], "{error}");
}

#[test]
fn values_that_would_break_an_invariant_or_never_fire_are_refused_with_their_line() {
    for (text, line) in [
        // A family that says nothing would count towards the two that a block needs.
        ("[decision]\nfamily_counts_from = 0.0\n", 2),
        // More evidence would lower the score.
        (
            "[signals.attempts]\nlevels = [1, 5, 10]\nweights = [0, 1, -3]\n",
            3,
        ),
        ("[signals.shared_password]\nweight = -1\n", 2),
        // A cap below what a family can take away has no meaning (and no clamp).
        ("[caps]\nvolume = -9\n", 2),
        ("[standing]\nvolume_cap = -9\n", 2),
        // Exceeding a limit would acquit.
        (
            "[rate_limits.ip]\nattempts = 5\nper = \"1m\"\ndecision = \"allow\"\n",
            4,
        ),
        (
            "[[geo_fences]]\ncountries = [\"DE\"]\noutside = \"allow\"\n",
            3,
        ),
        // Limits that would never be reached.
        (
            "[rate_limits.ip]\nattempts = 2000\nper = \"1s\"\ndecision = \"block\"\n",
            2,
        ),
        (
            "[rate_limits.user]\nattempts = 5\nper = \"366d\"\ndecision = \"block\"\n",
            3,
        ),
        ("[signals.unknown_users]\nshare_percent = 100\n", 2),
        ("[standing]\nshared_users = 201\n", 2),
        ("[standing]\nshared_users = 600\n", 2),
        // The repeats alone are larger than the memory; the shards alone are.
        ("[state]\nmemory_mib = 8\n", 2),
        (
            "[state]\nmemory_mib = 32\nshards = 1024\nrepeats = 1000\n",
            2,
        ),
    ] {
        let error = Policy::parse(text).expect_err(text);
        assert_eq!(error.problems[0].line, Some(line), "{text}: {error}");
    }
}

#[test]
fn what_is_set_twice_is_named() {
    for (text, line, part) in [
        (
            "[standing]\nshared_users = 5\nshared_users = 6\n",
            3,
            "shared_users",
        ),
        (
            "[rate_limits.ip]\nattempts = 3\nper = \"1m\"\ndecision = \"block\"\n[rate_limits.ip]\nattempts = 5\n",
            5,
            "ip",
        ),
    ] {
        let error = Policy::parse(text).unwrap_err();
        assert_eq!(error.problems[0].line, Some(line), "{error}");
        let said = &error.problems[0].message;
        assert!(said.contains(part) && said.contains("twice"), "{said}");
    }
}

#[test]
fn two_fences_for_one_endpoint_lie_inside_each_other_or_are_refused() {
    let fence = |endpoint: &str, countries: &str, outside: &str| {
        let endpoint = match endpoint {
            "" => String::new(),
            endpoint => format!("endpoint = \"{endpoint}\"\n"),
        };
        format!("[[geo_fences]]\n{endpoint}countries = [{countries}]\noutside = \"{outside}\"\n")
    };
    let (home, near) = (r#""DE""#, r#""de", "FR""#);
    for (first, second, is_good) in [
        // Whoever comes from either country would be outside the other fence.
        (
            ("admin", home, "block"),
            ("admin", r#""FR""#, "block"),
            false,
        ),
        (("", home, "block"), ("", r#""FR""#, "challenge"), false),
        // One of the two would decide nothing.
        (
            ("admin", home, "block"),
            ("admin", near, "challenge"),
            false,
        ),
        (
            ("admin", home, "block"),
            ("admin", r#""de""#, "challenge"),
            false,
        ),
        (("admin", near, "block"), ("admin", home, "challenge"), true),
        (("admin", home, "block"), ("web", r#""FR""#, "block"), true),
        (("admin", home, "block"), ("", near, "block"), true),
    ] {
        let [first, second] = [first, second].map(|(e, c, o)| fence(e, c, o));
        let parsed = Policy::parse(&format!("{first}{second}"));
        assert_eq!(parsed.is_ok(), is_good, "{first}{second}{parsed:?}");
        if let Err(error) = parsed {
            assert!(error.to_string().contains("two fences for"), "{error}");
        }
    }
    let nowhere = "[[geo_fences]]\nendpoint = \"\"\ncountries = [\"DE\"]\noutside = \"block\"\n";
    assert_eq!(
        Policy::parse(nowhere).unwrap_err().problems[0].line,
        Some(2)
    );
}

#[test]
fn what_was_decided_by_hand_is_not_switched_off_but_taken_back_where_it_was_decided() {
    for (name, instead) in [
        ("ip.listed", "list entry"),
        ("user.listed", "list entry"),
        ("ip.outside_fence", "geo_fences"),
        ("ip.over_limit", "rate_limits.ip"),
        ("user.over_limit", "rate_limits.user"),
        ("lane.exess", "is no signal; expected"),
    ] {
        let text = format!("[signals]\noff = [\"lane.excess\", \"{name}\"]\n");
        let error = Policy::parse(&text).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error}");
        assert_eq!(error.problems[0].line, Some(2), "{error}");
        let said = error.to_string();
        assert!(said.contains(name) && said.contains(instead), "{said}");
    }
    assert!(Policy::parse("[signals]\noff = [\"lane.excess\"]\n").is_ok());
}

#[test]
fn comments_do_not_change_the_hash() {
    let policy = Policy::parse("# a comment\n[decision]\nchallenge = 0.250\n").unwrap();
    assert_eq!(policy.hash(), Policy::default().hash());
}
