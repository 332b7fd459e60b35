//! The rules of the native JSON, one sentence each.

use super::*;

const NOW: EpochMs = 1_800_000_000_000;

fn record(extra: &str) -> String {
    format!(
        r#"{{"event_id":"e1","time":"2026-01-01T00:00:00Z","outcome":"failure","ip":"203.0.113.9"{extra}}}"#
    )
}

fn reject(record: &str) -> (&'static str, RejectKind) {
    let reject = Attempt::parse(record.as_bytes(), NOW).unwrap_err();
    (reject.field, reject.kind)
}

#[test]
fn a_minimal_record_gets_the_documented_defaults() {
    let text = record("");
    let attempt = Attempt::parse(text.as_bytes(), NOW).unwrap();
    assert_eq!(attempt.kind, Kind::Login);
    assert_eq!(attempt.credential, Credential::Invalid);
    assert_eq!(attempt.tenant, "default");
    assert_eq!(attempt.username, None);
    assert!(matches!(attempt.event_id, Cow::Borrowed("e1")));
}

#[test]
fn escapes_are_decoded_and_mapped_addresses_are_ipv4() {
    let text = r#"{"event_id":"a\u002db","time":1767225600000,"outcome":"success","ip":"::ffff:203.0.113.9","username":"\"Bob\""}"#;
    let attempt = Attempt::parse(text.as_bytes(), NOW).unwrap();
    assert_eq!(attempt.event_id, "a-b");
    assert_eq!(attempt.ip, "203.0.113.9".parse::<IpAddr>().unwrap());
    assert_eq!(attempt.username.as_deref(), Some("\"bob\""));
    assert_eq!(attempt.time_ms, 1_767_225_600_000);
}

#[test]
fn unknown_fields_and_nulls_are_ignored() {
    let text = record(r#","x":{"deep":[1,{"y":null}]},"asn":null,"mfa":null"#);
    assert!(Attempt::parse(text.as_bytes(), NOW).is_ok());
}

#[test]
fn the_names_that_are_no_fields_are_told_in_their_order() {
    let text = record(r#","user_name":"x","nested":{"ip":1},"asn":5"#);
    assert_eq!(unknown_fields(text.as_bytes()), ["user_name", "nested"]);
    assert!(unknown_fields(record("").as_bytes()).is_empty());
    // By the scanner and, with an escape, by the parser.
    for question in [
        r#"{"ip":"203.0.113.9","user_agnet":"x","time":1}"#,
        r#"{"ip":"203.0.113.9","user_agnet":"\u0041"}"#,
    ] {
        let question = Attempt::parse_question(question.as_bytes(), 0).unwrap();
        assert_eq!(question.unknown_fields, ["user_agnet"]);
    }
    let question = br#"{"ip":"203.0.113.9","user_agent":"\u0041"}"#;
    let question = Attempt::parse_question(question, 0).unwrap();
    assert!(question.unknown_fields.is_empty());
    assert!(unknown_fields(b"[1]").is_empty());
    let many: Vec<String> = (0..50).map(|n| format!("\"x{n}\":1")).collect();
    let many = record(&format!(",{}", many.join(",")));
    assert_eq!(unknown_fields(many.as_bytes()).len(), 8);
    let long = record(&format!(r#","{}":1"#, "x".repeat(65)));
    assert!(unknown_fields(long.as_bytes()).is_empty());
    let huge = record(&format!(r#","x":"{}""#, "x".repeat(MAX_RECORD_BYTES)));
    assert!(unknown_fields(huge.as_bytes()).is_empty());
}

#[test]
fn an_address_that_cannot_be_a_source_is_refused_and_those_of_tests_are_not() {
    let from = |ip: &str| {
        let text =
            format!(r#"{{"event_id":"e","time":1767225600000,"outcome":"failure","ip":"{ip}"}}"#);
        Attempt::parse(text.as_bytes(), i64::MAX / 2).map(|_| ())
    };
    for ip in [
        "0.0.0.0",
        "::",
        "::ffff:0.0.0.0",
        "224.0.0.1",
        "239.255.255.255",
        "ff02::1",
        "255.255.255.255",
    ] {
        let reject = from(ip).unwrap_err();
        assert_eq!((reject.field, reject.kind), ("ip", RejectKind::BadValue));
        assert!(reject.expected.contains("0.0.0.0"), "{reject}");
    }
    for ip in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "192.168.0.255",
        "169.254.1.1",
        "fe80::1",
        "fd00::1",
        "203.0.113.9",
        "2001:db8::",
        "0.0.0.1",
    ] {
        assert_eq!(from(ip), Ok(()), "{ip}");
    }
}

#[test]
fn integers_that_look_like_seconds_are_no_time() {
    let at = |time: i64| {
        let text =
            format!(r#"{{"event_id":"e","time":{time},"outcome":"failure","ip":"192.0.2.1"}}"#);
        Attempt::parse(text.as_bytes(), NOW).map(|attempt| attempt.time_ms)
    };
    for seconds in [1, 1_767_225_600, 99_999_999_999] {
        let reject = at(seconds).unwrap_err();
        assert!(
            reject.to_string().contains("looks like seconds"),
            "{reject}"
        );
    }
    assert_eq!(at(100_000_000_000).unwrap(), 100_000_000_000);
    assert_eq!(at(0).unwrap(), 0);
}

#[test]
fn each_bad_field_is_named_with_what_is_wrong() {
    for (extra, field, kind) in [
        (r#","kind":"logon""#, "kind", RejectKind::BadValue),
        (r#","kind":7"#, "kind", RejectKind::WrongType),
        (
            r#","credential":"maybe""#,
            "credential",
            RejectKind::BadValue,
        ),
        (
            r#","failure_reason":"?""#,
            "failure_reason",
            RejectKind::BadValue,
        ),
        (r#","asn":-1"#, "asn", RejectKind::BadValue),
        (r#","asn":"7""#, "asn", RejectKind::WrongType),
        (r#","asn":4294967296"#, "asn", RejectKind::BadValue),
        (r#","asn":1.5"#, "asn", RejectKind::WrongType),
        (r#","country":"Germany""#, "country", RejectKind::BadValue),
        (r#","country":["D"]"#, "country", RejectKind::WrongType),
        (
            r#","breached_password":"yes""#,
            "breached_password",
            RejectKind::WrongType,
        ),
        (r#","mfa":true"#, "mfa", RejectKind::WrongType),
        (r#","username":5"#, "username", RejectKind::WrongType),
        (r#","device_id":{}"#, "device_id", RejectKind::WrongType),
        (r#","ip":"203.0.113.10""#, "ip", RejectKind::Duplicate),
    ] {
        assert_eq!(reject(&record(extra)), (field, kind), "{extra}");
    }
}

#[test]
fn required_fields_are_required() {
    for field in ["event_id", "time", "outcome", "ip"] {
        let text = record("");
        let mut object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&text).unwrap();
        object.remove(field);
        let text = serde_json::to_string(&object).unwrap();
        assert_eq!(reject(&text), (field, RejectKind::Missing));
        object.insert(field.to_owned(), serde_json::Value::Null);
        let text = serde_json::to_string(&object).unwrap();
        assert_eq!(reject(&text), (field, RejectKind::Missing));
    }
}

#[test]
fn a_record_and_its_id_have_a_length() {
    let text = record("").replace("e1", &"e".repeat(129));
    assert_eq!(reject(&text), ("event_id", RejectKind::TooLong));
    let text = record("").replace("e1", r"e\u0000");
    assert_eq!(reject(&text), ("event_id", RejectKind::NulCharacter));
    let text = record(&format!(
        r#","user_agent":"{}""#,
        "x".repeat(MAX_RECORD_BYTES)
    ));
    assert_eq!(reject(&text), ("", RejectKind::TooLarge));
}

#[test]
fn what_is_no_json_object_says_so() {
    assert_eq!(reject("{"), ("", RejectKind::NotJson));
    assert_eq!(reject(""), ("", RejectKind::NotJson));
    assert_eq!(reject("[]"), ("", RejectKind::NotObject));
    assert_eq!(reject("\"hunter2\""), ("", RejectKind::NotObject));
    assert_eq!(
        reject(&format!("{} x", record(""))),
        ("", RejectKind::NotJson)
    );
    for raw in [
        b"{\"event_id\":\"\xff\"}".as_slice(),
        b"{\"event_id\":\"e\"}\xff",
        b"\xff\xfe",
    ] {
        let found = Attempt::parse(raw, NOW).unwrap_err();
        assert_eq!(found.kind, RejectKind::NotUtf8);
    }
    let halved = record("").replace("e1", r"e\ud800");
    assert_eq!(reject(&halved), ("", RejectKind::NotJson));
    let deep = format!(r#"{{"x":{}"#, "[".repeat(1_000));
    assert_eq!(reject(&deep), ("", RejectKind::NotJson));
}

#[test]
fn a_reject_never_repeats_the_value() {
    for text in ["\"hunter2\"".to_owned(), record(r#","kind":"hunter2""#)] {
        let reject = Attempt::parse(text.as_bytes(), NOW).unwrap_err();
        assert!(!format!("{reject} {reject:?}").contains("hunter2"));
    }
}

#[test]
fn a_time_more_than_five_minutes_ahead_of_the_clock_is_refused() {
    let text = record("").replace("\"2026-01-01T00:00:00Z\"", "1767225600000");
    let latest = 1_767_225_600_000 - MAX_AHEAD_MS;
    assert!(Attempt::parse(text.as_bytes(), latest).is_ok());
    let found = Attempt::parse(text.as_bytes(), latest - 1).unwrap_err();
    assert_eq!(found.kind, RejectKind::TooFarAhead);
}

#[test]
fn the_credential_follows_from_outcome_reason_and_mfa() {
    for (extra, credential) in [
        (r#","failure_reason":"unknown_user""#, Credential::Invalid),
        (r#","failure_reason":"bad_mfa""#, Credential::Valid),
        (r#","mfa":"failed""#, Credential::Valid),
        (r#","failure_reason":"locked""#, Credential::Unknown),
        (r#","failure_reason":"other""#, Credential::Unknown),
        (r#","credential":"valid""#, Credential::Valid),
    ] {
        let text = record(extra);
        let attempt = Attempt::parse(text.as_bytes(), NOW).unwrap();
        assert_eq!(attempt.credential, credential, "{extra}");
    }
}

#[test]
fn a_question_needs_neither_id_nor_time_nor_outcome() {
    let attempt = Attempt::parse_question(br#"{"ip":"203.0.113.9","username":"bob"}"#, NOW)
        .unwrap()
        .attempt;
    assert_eq!((attempt.time_ms, attempt.outcome), (NOW, None));
    assert!(Attempt::parse_question(br#"{"username":"bob"}"#, NOW).is_err());
}

/// The fields that whoever logs in may write, as they come out of both ways of reading.
fn written(value: &[u8]) -> Vec<[Option<String>; 6]> {
    const FIELDS: [&str; 6] = [
        "username",
        "device_id",
        "user_agent",
        "ja4",
        "endpoint",
        "session_id",
    ];
    let given: Vec<Vec<u8>> = FIELDS
        .iter()
        .map(|field| [b",\"", field.as_bytes(), b"\":\"", value, b"\""].concat())
        .collect();
    let rest = given.concat();
    let event = [
        record("").trim_end_matches('}').as_bytes(),
        rest.as_slice(),
        b"}",
    ]
    .concat();
    let question = [br#"{"ip":"203.0.113.9""#, rest.as_slice(), b"}"].concat();
    let attempts = [
        Attempt::parse(&event, NOW).unwrap(),
        Attempt::parse_question(&question, NOW).unwrap().attempt,
    ];
    attempts
        .map(|attempt| {
            [
                attempt.username,
                attempt.device_id,
                attempt.user_agent,
                attempt.ja4,
                attempt.endpoint,
                attempt.session_id,
            ]
            .map(|text| text.map(Cow::into_owned))
        })
        .into()
}

#[test]
fn nothing_that_whoever_logs_in_writes_makes_a_record_bad() {
    for value in [
        format!("a{}b", r"\u0000".repeat(400)).into_bytes(),
        " ".repeat(8_000).into_bytes(),
        "x".repeat(8_000).into_bytes(),
        "ż".repeat(4_000).into_bytes(),
        br"a\u0000b".to_vec(),
        br"\u0000\u0001\u001f\u007f".to_vec(),
        br"a\ud800".to_vec(),
        br"\udc00\ud83d\ude00\ud800\\u0041".to_vec(),
        b"a\xffb\xc3".to_vec(),
    ] {
        for read in written(&value) {
            assert!(read[0].as_ref().is_none_or(|name| name.len() <= 320));
            for text in read.into_iter().flatten() {
                assert!(!text.contains('\0'), "PostgreSQL takes it");
            }
        }
    }
}

#[test]
fn a_padded_name_is_the_name() {
    for padding in [" ", r"\u0000", r"\t", "\u{a0}", r"\ufeff"] {
        let name = format!("Alice{}", padding.repeat(400));
        for read in written(name.as_bytes()) {
            assert_eq!(read[0].as_deref(), Some("alice"), "{padding:?}");
        }
    }
}

#[test]
fn what_is_no_text_is_replaced_and_what_is_too_long_is_cut_at_a_whole_character() {
    for (value, kept) in [
        (br"a\u0000b".as_slice(), "a\u{fffd}b"),
        (br"a\ud800b", "a\u{fffd}b"),
        (br"\ud800\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (br"\ud83d\ude00\ude00", "\u{1f600}\u{fffd}"),
        (br"\\ud800\udc00", "\\ud800\u{fffd}"),
        (b"a\xffb", "a\u{fffd}b"),
    ] {
        for read in written(value) {
            assert!(read.iter().all(|text| text.as_deref() == Some(kept)));
        }
    }
    let long = format!("x{}", "ż".repeat(200));
    for read in written(long.as_bytes()) {
        let lengths = read.map(|text| text.map(|text| text.len()));
        let whole = Some(401);
        assert_eq!(
            lengths,
            [Some(319), whole, whole, whole, Some(255), whole],
            "what is only hashed is never cut"
        );
    }
}

#[test]
fn a_code_that_is_no_country_is_none() {
    let text = record(r#","country":"T1""#);
    assert_eq!(Attempt::parse(text.as_bytes(), NOW).unwrap().country, None);
}

proptest::proptest! {
    #[test]
    fn an_attempt_is_read_whatever_its_name_holds(name in "(?s).{0,400}") {
        let name = serde_json::to_string(&name).unwrap();
        let text = record(&format!(r#","username":{name},"device_id":{name},"endpoint":{name}"#));
        proptest::prop_assert!(Attempt::parse(text.as_bytes(), NOW).is_ok());
    }
}
