//! What an event can be told by, one value at a time: fields, the presence of fields, and what a
//! reader of the log would derive from them.
//!
//! Left out is what names one thing alone (the address, the user, the token itself): of these the
//! form stands here, and whether the same one was there before. Memory is bounded: when
//! [`Seen::LIMIT`] tokens are remembered, further ones are `untracked`.

use anyhow::Context;
use credsieve_models::Attempt;
use credsieve_models::attempt::Outcome;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// An instant far ahead: a log of any date is no log of the future.
const ANY_TIME_MS: i64 = i64::MAX / 2;

/// Takes events apart into values.
#[derive(Default)]
pub(super) struct Values {
    passwords: Seen,
    devices: Seen,
    /// Of the event at hand, each as `feature=value`.
    texts: Vec<String>,
    used: usize,
}

impl Values {
    /// The values of an event, each as `feature=value`.
    ///
    /// # Errors
    /// When it is no event.
    pub fn of(&mut self, event: &[u8]) -> anyhow::Result<&[String]> {
        let attempt = Attempt::parse(event, ANY_TIME_MS)?;
        let keys: Keys = serde_json::from_slice(event).context("no JSON object")?;
        self.used = 0;
        self.spelled(&attempt);
        self.presence(&attempt, &keys);
        self.of_name(attempt.username.as_deref());
        self.of_address(attempt.ip);
        self.of_agent(&attempt);
        self.of_time(attempt.time_ms);
        let user = number(attempt.username.as_deref().unwrap_or_default());
        let password = self
            .passwords
            .again(attempt.password_fingerprint.as_deref(), user);
        self.add("password", password);
        let device = self.devices.again(attempt.device_id.as_deref(), user);
        self.add("device", device);
        Ok(&self.texts[..self.used])
    }

    /// How many tokens were not remembered.
    pub fn untracked(&self) -> u64 {
        self.passwords.untracked + self.devices.untracked
    }

    fn add(&mut self, feature: &str, value: impl fmt::Display) {
        if self.used == self.texts.len() {
            self.texts.push(String::new());
        }
        let text = &mut self.texts[self.used];
        text.clear();
        write!(text, "{feature}={value}").expect("a String takes what is written");
        self.used += 1;
    }

    fn spelled(&mut self, attempt: &Attempt) {
        self.add("kind", attempt.kind.name());
        self.add("outcome", attempt.outcome.map_or(ABSENT, Outcome::name));
        self.add("credential", attempt.credential.name());
        let reason = attempt.failure_reason.map_or(ABSENT, |is| is.name());
        self.add("failure_reason", reason);
        self.add("mfa", attempt.mfa.map_or(ABSENT, |is| is.name()));
        self.add("breached_password", attempt.breached_password);
        self.add("tenant", &attempt.tenant);
        self.add("app", or_absent(attempt.app.as_ref()));
        self.add("endpoint", or_absent(attempt.endpoint.as_ref()));
        match attempt.asn {
            Some(asn) => self.add("asn", asn),
            None => self.add("asn", ABSENT),
        }
        let country = attempt
            .country
            .as_ref()
            .and_then(|code| std::str::from_utf8(code).ok());
        self.add("country", country.unwrap_or(ABSENT));
    }

    /// Which fields stand there, in which order, and what their tokens look like.
    fn presence(&mut self, attempt: &Attempt, keys: &Keys) {
        self.add("fields", &keys.names);
        for (feature, is_there) in [
            ("has device_id", attempt.device_id.is_some()),
            ("has session_id", attempt.session_id.is_some()),
            ("has user_agent", attempt.user_agent.is_some()),
            ("has ja4", attempt.ja4.is_some()),
            ("has password", attempt.password_fingerprint.is_some()),
            ("has asn", attempt.asn.is_some()),
        ] {
            self.add(feature, is_there);
        }
        for (feature, token) in [
            ("form of event_id", Some(&attempt.event_id)),
            ("form of device_id", attempt.device_id.as_ref()),
            ("form of session_id", attempt.session_id.as_ref()),
            ("form of password", attempt.password_fingerprint.as_ref()),
        ] {
            match token {
                Some(token) => self.add(feature, token_form(token)),
                None => self.add(feature, ABSENT),
            }
        }
    }

    fn of_name(&mut self, name: Option<&str>) {
        let Some(name) = name else {
            return self.add("name", ABSENT);
        };
        self.add("name", shape(name));
        let (local, domain) = match name.split_once('@') {
            Some((local, domain)) => (local, domain),
            None => (name, ABSENT),
        };
        self.add("mail_domain", domain);
        self.add("name has dot", local.contains('.'));
        let has_digits = local.bytes().any(|byte| byte.is_ascii_digit());
        self.add("name has digits", has_digits);
        let plain = local.bytes().all(|byte| byte.is_ascii_alphanumeric());
        self.add("name is plain", plain);
        let length = match local.chars().count() {
            0..5 => "1-4",
            5..9 => "5-8",
            9..13 => "9-12",
            13..21 => "13-20",
            _ => "21+",
        };
        self.add("name length", length);
    }

    fn of_address(&mut self, ip: IpAddr) {
        match ip {
            IpAddr::V4(v4) => {
                let [a, b, ..] = v4.octets();
                self.add("address", "ipv4");
                self.add("network", format_args!("{a}.{b}.0.0/16"));
            }
            IpAddr::V6(v6) => {
                let [a, b, _, _, host @ ..] = v6.segments();
                self.add("address", "ipv6");
                self.add("network", format_args!("{a:x}:{b:x}::/32"));
                let form = match host {
                    [0, 0, 0, _] => "small",
                    [_, middle, next, _] if middle & 0xff == 0xff && next >> 8 == 0xfe => "eui64",
                    _ => "random",
                };
                self.add("ipv6 host", form);
            }
        }
    }

    fn of_agent(&mut self, attempt: &Attempt) {
        let agent = or_absent(attempt.user_agent.as_ref());
        self.add("user_agent", agent);
        self.add(
            "agent",
            format_args!("{} on {}", family(agent), system(agent)),
        );
        self.add("agent family", family(agent));
        self.add("ja4", or_absent(attempt.ja4.as_ref()));
    }

    fn of_time(&mut self, time_ms: i64) {
        let seconds = time_ms.div_euclid(1_000);
        self.add("hour", seconds.div_euclid(3_600).rem_euclid(24));
        // 1970 began with a Thursday.
        let day = match (seconds.div_euclid(86_400) + 3).rem_euclid(7) {
            0 => "monday",
            1 => "tuesday",
            2 => "wednesday",
            3 => "thursday",
            4 => "friday",
            5 => "saturday",
            _ => "sunday",
        };
        self.add("weekday", day);
        self.add("whole second", time_ms.rem_euclid(1_000) == 0);
        self.add("whole minute", seconds.rem_euclid(60) == 0);
    }
}

/// Whether a value says what was tried, how it ended, or when it came: see [`super::Counts::tells`].
pub(super) fn is_circumstance(value: &str) -> bool {
    const FEATURES: [&str; 11] = [
        "kind=",
        "mfa=",
        "outcome=",
        "credential=",
        "failure_reason=",
        "fields=",
        "password=",
        "has password=",
        "form of password=",
        "hour=",
        "weekday=",
    ];
    FEATURES.iter().any(|feature| value.starts_with(feature))
}

/// Whether a value names a place, a firm or an exact tool, of which there are many: see
/// [`super::find`].
pub(super) fn is_one_of_many(value: &str) -> bool {
    const FEATURES: [&str; 6] = [
        "network=",
        "asn=",
        "country=",
        "mail_domain=",
        "user_agent=",
        "ja4=",
    ];
    FEATURES.iter().any(|feature| value.starts_with(feature))
}

/// What stands for a field that is not there.
const ABSENT: &str = "–";

fn or_absent<'a>(field: Option<&'a Cow<'_, str>>) -> &'a str {
    field.map_or(ABSENT, |text| text)
}

fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Letters as one `a`, digits as one `9`, all else as it is: `ada.bar7@x.example` is `a.a9@a.a`.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for char in text.chars() {
        let class = match char {
            '0'..='9' => '9',
            _ if char.is_alphabetic() => 'a',
            other => other,
        };
        if !(matches!(class, 'a' | '9') && shape.ends_with(class)) {
            shape.push(class);
        }
    }
    shape
}

/// Length and alphabet of a token, and what it begins with: never the token.
fn token_form(token: &str) -> String {
    let hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let alphabet = match token {
        _ if token.bytes().all(|byte| byte.is_ascii_digit()) => "digits",
        _ if token.bytes().all(hexadecimal) => "hex",
        _ => "other",
    };
    let start = token.split(['-', '_', ':']).next().unwrap_or_default();
    let start = if start.len() < 4 && start.len() < token.len() {
        start
    } else {
        ""
    };
    format!("{start}*{} {alphabet}", token.len())
}

/// The program behind a user agent.
fn family(agent: &str) -> &str {
    const MARKS: [(&str, &str); 8] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    if !agent.starts_with("Mozilla/") {
        return agent.split(['/', ' ', ';']).next().unwrap_or_default();
    }
    let found = MARKS.iter().find(|(mark, _)| agent.contains(mark));
    found.map_or("Mozilla", |(_, name)| name)
}

/// The system that a user agent claims.
fn system(agent: &str) -> &'static str {
    const MARKS: [(&str, &str); 8] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("iOS", "iOS"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = MARKS.iter().find(|(mark, _)| agent.contains(mark));
    found.map_or(ABSENT, |(_, name)| name)
}

/// Tokens that were there before, and with how many users.
#[derive(Default)]
struct Seen {
    /// The last user of each token, and how often the user changed.
    last: HashMap<u64, (u64, u32)>,
    untracked: u64,
}

impl Seen {
    /// The most tokens that are remembered: some 50 MB.
    const LIMIT: usize = 1 << 20;

    fn again(&mut self, token: Option<&str>, user: u64) -> &'static str {
        let Some(token) = token else { return ABSENT };
        let token = number(token);
        let Some((last, changes)) = self.last.get_mut(&token) else {
            if self.last.len() >= Self::LIMIT {
                self.untracked += 1;
                return "untracked";
            }
            self.last.insert(token, (user, 0));
            return "first seen";
        };
        if *last != user {
            *last = user;
            *changes = changes.saturating_add(1);
        }
        match *changes {
            0 => "again, same user",
            1..4 => "again, several users",
            _ => "again, many users",
        }
    }
}

/// The names of an object's fields, in their order.
struct Keys {
    names: String,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Keys;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut names = String::with_capacity(160);
                while let Some((key, IgnoredAny)) = map.next_entry::<Cow<str>, _>()? {
                    if !names.is_empty() {
                        names.push(' ');
                    }
                    names.push_str(&key);
                }
                Ok(Keys { names })
            }
        }
        input.deserialize_map(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(event: &str) -> Vec<String> {
        Values::default().of(event.as_bytes()).unwrap().to_vec()
    }

    #[test]
    fn an_event_is_taken_apart_into_its_fields_and_what_follows_from_them() {
        let values = values(
            r#"{"event_id":"00ff","time":"2026-01-05T13:00:30Z","outcome":"failure","ip":"198.51.100.7","username":"Ada.Bar7@mail.example","device_id":"d-12ab","user_agent":"Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/139.0"}"#,
        );
        for expected in [
            "kind=login",
            "outcome=failure",
            "failure_reason=–",
            "country=–",
            "fields=event_id time outcome ip username device_id user_agent",
            "has ja4=false",
            "form of event_id=*4 hex",
            "form of device_id=d*6 hex",
            "name=a.a9@a.a",
            "mail_domain=mail.example",
            "name length=5-8",
            "network=198.51.0.0/16",
            "agent=Edge on Windows",
            "hour=13",
            "weekday=monday",
            "whole second=true",
            "device=first seen",
            "password=–",
        ] {
            let found = values.iter().any(|value| value == expected);
            assert!(found, "{expected} is not in {values:#?}");
        }
    }

    #[test]
    fn a_token_says_whether_it_was_there_before_and_with_whom() {
        let mut seen = Seen::default();
        assert_eq!(seen.again(None, 1), ABSENT);
        assert_eq!(seen.again(Some("a"), 1), "first seen");
        assert_eq!(seen.again(Some("a"), 1), "again, same user");
        assert_eq!(seen.again(Some("a"), 2), "again, several users");
        for user in 3..6 {
            seen.again(Some("a"), user);
        }
        assert_eq!(seen.again(Some("a"), 9), "again, many users");
        assert_eq!(seen.again(Some("b"), 9), "first seen");
    }

    #[test]
    fn tools_are_told_by_their_first_word() {
        assert_eq!(family("python-requests/2.31.3"), "python-requests");
        assert_eq!(family("Mozilla/5.0 (iPhone) Version/17.5 Mobile"), "Safari");
        assert_eq!(system("HarbourApp/44.1 (Android 15) okhttp/4"), "Android");
    }
}
