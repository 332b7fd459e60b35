//! The verdict: what credsieve says about one attempt, and why, in reasons that a person can check.
//!
//! Everything numeric is an integer inside (log-odds in 1/256 nat, scores in 1/10,000) and is
//! printed from that integer, so the same state prints the same bytes on every machine.

mod json;

pub use json::JsonWriter;

use crate::attempt::spelled;
use crate::key::{Dimension, Entity};
use crate::text::Short;
use crate::time::EpochMs;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

spelled! {
    /// What the auth service should do, from mild to strict.
    Decision {
        /// Let the attempt pass.
        Allow = "allow",
        /// Ask for a second factor or other proof.
        Challenge = "challenge",
        /// Refuse.
        Block = "block",
    }
}

spelled! {
    /// The kind of attack.
    Attack {
        /// None is seen.
        None = "none",
        /// Pairs of name and password from somebody else's leak, one or two tries a user.
        CredentialStuffing = "credential_stuffing",
        /// A few popular passwords against many users.
        PasswordSpray = "password_spray",
        /// Many passwords against one or few users.
        BruteForce = "brute_force",
        /// A success that looks like a thief's.
        AccountTakeover = "account_takeover",
        /// Finding out which accounts exist.
        Enumeration = "enumeration",
        /// Accounts made by a machine.
        FakeSignup = "fake_signup",
        /// A machine, of unclear aim.
        Bot = "bot",
    }
}

spelled! {
    /// Signals that measure the same thing. No single family blocks by itself.
    Family {
        /// How much comes from there.
        Volume = "volume",
        /// How many users are tried from there.
        Breadth = "breadth",
        /// What passwords are tried.
        Password = "password",
        /// How widely this user is being attacked.
        UnderFire = "under_fire",
        /// Whether this looks like the user.
        Identity = "identity",
        /// What the client is.
        Tool = "tool",
        /// When attempts come.
        Timing = "timing",
        /// What is over-represented while an attack runs.
        Excess = "excess",
        /// An explicit list or fence of the operator.
        List = "list",
        /// An explicit rate limit of the operator.
        RateLimit = "rate_limit",
    }
}

spelled! {
    /// Whether verdicts are enforced or only published.
    Mode {
        /// Decisions are answered as made.
        Enforce = "enforce",
        /// Decisions are made and published, but every answer is allow.
        Shadow = "shadow",
    }
}

spelled! {
    /// What a signal measures of its entity; with the entity's dimension it is the signal's name.
    Measure {
        /// Attempts in a short window.
        Attempts = "attempts",
        /// Failures in a short window.
        Failures = "failures",
        /// Failures in a day.
        DailyFailures = "daily_failures",
        /// Distinct users that failed from there.
        DistinctUsers = "distinct_users",
        /// Distinct users that failed from there, several tries each.
        SprayedUsers = "sprayed_users",
        /// Distinct addresses from which this user failed.
        FailingAddresses = "failing_addresses",
        /// Percentage of failures that named a user who does not exist.
        UnknownUserShare = "unknown_user_share",
        /// The tried name stands in a dictionary or breach list.
        ListedName = "listed_name",
        /// The producer found name and password in a breach list.
        BreachedPassword = "breached_password",
        /// The device is one of those the user is known by. Of this and the four measures below, which
        /// are about device, place and history together: the value is the user's number of logins,
        /// the limit how much of the place is known (4 the address, 3 the network, 2 the autonomous
        /// system, 1 the country, 0 nothing).
        KnownDevice = "known_device",
        /// Many users share the device.
        SharedDevice = "shared_device",
        /// The device is somebody else's.
        OthersDevice = "others_device",
        /// The token of a device that the user is known by, from another program and another place: a copy. The value and the
        /// limit are those of [`Measure::KnownDevice`].
        CopiedDevice = "copied_device",
        /// Nobody has succeeded on the device yet.
        NewDevice = "new_device",
        /// There is no device token.
        NoDevice = "no_device",
        /// A stranger in this lane, while nothing comes in excess: what the lane's strangers are. Of who is let pass,
        /// with what hardly weighs by itself.
        Stranger = "stranger",
        /// Strangers come in this lane, beyond the number that trusted successes lead one to expect.
        Excess = "excess",
        /// How many times as common in the present attack as among people, in tenths.
        LikeAttack = "like_attack",
        /// Distinct users who were tried here in a day.
        DailyUsers = "daily_users",
        /// Distinct networks that tried a name which never succeeded.
        TriedFrom = "tried_from",
        /// The same wrong password from the same place as before: a stale client.
        SameAgain = "same_again",
        /// The same user failed from this network a little before.
        TriedAgain = "tried_again",
        /// A mistyped name of somebody who belongs here.
        MistypedName = "mistyped_name",
        /// Minutes since a success of this user that was suspect.
        SuspectSuccess = "suspect_success",
        /// The account itself is doubtful: how likely its sign-up was an attack's, at least, in percent.
        DoubtfulSignup = "doubtful_sign_up",
        /// Names that are like others tried from the same address: neighbours in a walk, or guesses
        /// at one's own.
        KinNames = "kin_names",
        /// Seconds between the last two names that were tried from there; the limit says how many gaps in a row
        /// were alike.
        Pace = "pace",
        /// Half hours in a row in which names were tried from there.
        SlowTries = "slow_tries",
        /// Wrong passwords that were tried for this user from this network.
        Passwords = "passwords",
        /// Minutes since the user's last login; the limit says how much of the place is known, as
        /// with [`Measure::KnownDevice`].
        SinceLogin = "since_login",
        /// Whether the user comes with this tool (the TLS fingerprint where it is told, else the agent): 2 it does, 1 with the
        /// agent of the last login in some version, 0 with others.
        UsualTool = "usual_tool",
        /// Whether the password was right for this user before: 1 it was, 0 it was not.
        RightBefore = "right_before",
        /// How often the same wrong password came for this user in the same program from other networks.
        TriedElsewhere = "tried_elsewhere",
        /// How many times as common the endpoint is in the present attack as among people, in tenths.
        EndpointLikeAttack = "endpoint_like_attack",
        /// How many times as common it is in the present attack as among people that other names were tried before in the
        /// producer's session, or that none were, in tenths.
        SessionLikeAttack = "session_like_attack",
        /// How many times as common it is in the present attack as among people that the same program goes on with a name
        /// that it fails with, from the same autonomous system, in tenths.
        RetriesLikeAttack = "retries_like_attack",
        /// An operator's list entry applies.
        Listed = "listed",
        /// The country is outside an endpoint's fence.
        OutsideFence = "outside_fence",
        /// More attempts than an explicit limit allows.
        OverLimit = "over_limit",
    }
}

spelled! {
    /// The window a value was counted in.
    Window {
        /// Ten minutes (decayed, half-life).
        TenMinutes = "10m",
        /// The short distinct window.
        Short = "15m",
        /// Half an hour.
        HalfHour = "30m",
        /// Twelve hours (decayed, half-life). Reserved: no signal has it.
        TwelveHours = "12h",
        /// A day.
        Day = "24h",
        /// Thirty days.
        Month = "30d",
        /// No window: a standing fact.
        Now = "now",
    }
}

/// Log-odds in 1/256 nat.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogOdds(pub i32);

impl LogOdds {
    /// One nat.
    pub const NAT: i32 = 256;

    /// The value in nats, for printing.
    #[must_use]
    pub fn nats(self) -> f64 {
        f64::from(self.0) / f64::from(Self::NAT)
    }
}

/// A probability in 1/10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u16);

impl Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(f64::from(self.0) / 10_000.0)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(input)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(serde::de::Error::custom("expected a score from 0 to 1"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 10,000"
        )]
        Ok(Self((value * 10_000.0).round() as u16))
    }
}

/// One contribution to a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was measured; with the entity's dimension, the signal's name.
    pub measure: Measure,
    /// Of whom.
    pub entity: Entity,
    /// Over which time.
    pub window: Window,
    /// The measured value.
    pub value: u32,
    /// The value's relative error, in 1/1,000. Approximations undercount.
    pub error_permille: u16,
    /// The limit it is held against.
    pub limit: u32,
    /// Its family.
    pub family: Family,
    /// What it adds to the log-odds, before the family's cap.
    pub weight: LogOdds,
}

impl Reason {
    /// The signal's name, such as `ip.distinct_users`.
    #[must_use]
    pub fn signal(&self) -> String {
        format!("{}.{}", self.entity.dimension().name(), self.measure.name())
    }
}

/// A reason as it stands in JSON.
#[derive(Serialize, Deserialize)]
struct ReasonJson<'a> {
    signal: std::borrow::Cow<'a, str>,
    entity: Entity,
    window: Window,
    value: u32,
    error: f64,
    limit: u32,
    family: Family,
    weight: f64,
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut signal = Short::new();
        signal.text(self.entity.dimension().name());
        signal.ascii(b'.');
        signal.text(self.measure.name());
        ReasonJson {
            signal: signal.as_str().into(),
            entity: self.entity,
            window: self.window,
            value: self.value,
            error: f64::from(self.error_permille) / 1_000.0,
            limit: self.limit,
            family: self.family,
            weight: self.weight.nats(),
        }
        .serialize(out)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let json = ReasonJson::deserialize(input)?;
        let (dimension, measure) = json
            .signal
            .split_once('.')
            .ok_or_else(|| D::Error::custom("expected a signal as dimension.measure"))?;
        if Dimension::from_name(dimension) != Some(json.entity.dimension()) {
            return Err(D::Error::custom(
                "the signal's dimension is not the entity's",
            ));
        }
        let measure = Measure::from_name(measure)
            .ok_or_else(|| D::Error::custom("a signal of an unknown measure"))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "written from integers of these types; `as` saturates"
        )]
        Ok(Self {
            measure,
            entity: json.entity,
            window: json.window,
            value: json.value,
            error_permille: (json.error * 1_000.0).round() as u16,
            limit: json.limit,
            family: json.family,
            weight: LogOdds((json.weight * f64::from(LogOdds::NAT)).round() as i32),
        })
    }
}

/// A 128-bit id written as 32 hexadecimal digits.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                if !hex { return Err(BadId); }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| BadId)
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                let mut text = Short::new();
                text.hex(self.0.to_be_bytes());
                out.serialize_str(text.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 hexadecimal digits")]
pub struct BadId;

hex_id! {
    /// The id of a verdict: a function of tenant, event id, time and revision alone, so that every
    /// sink can drop a repeat.
    VerdictId
}

hex_id! {
    /// The id of a session: a function of its source and start.
    SessionId
}

hex_id! {
    /// The id of a campaign: the same from its opening to its end.
    CampaignId
}

hex_id! {
    /// The id of an alert: a function of what it is about, so that every sink can drop a repeat.
    AlertId
}

impl VerdictId {
    /// The id: the first 128 bits of SHA-256 over the parts, each with its length.
    #[must_use]
    pub fn of(tenant: &str, event_id: &str, time_ms: EpochMs, revision: u32) -> Self {
        let mut digest = Sha256::new();
        for part in [tenant.as_bytes(), event_id.as_bytes()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.update(time_ms.to_be_bytes());
        digest.update(revision.to_be_bytes());
        Self(first_128_bits(digest))
    }
}

impl AlertId {
    /// The id: the first 128 bits of SHA-256 over the kind of alert and the id of what it is about.
    #[must_use]
    pub(crate) fn of(kind: &str, about: u128) -> Self {
        let mut digest = Sha256::new();
        digest.update(kind.as_bytes());
        digest.update(about.to_be_bytes());
        Self(first_128_bits(digest))
    }
}

fn first_128_bits(digest: Sha256) -> u128 {
    let bytes: [u8; 32] = digest.finalize().into();
    let mut first = [0u8; 16];
    first.copy_from_slice(&bytes[..16]);
    u128::from_be_bytes(first)
}

/// What credsieve says about one attempt: the contract of the `verdicts` topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The id, by which every sink drops repeats.
    pub verdict_id: VerdictId,
    /// The attempt's id, the producer's.
    pub event_id: String,
    /// 0 for the first verdict, higher for a later one on the same attempt.
    pub revision: u32,
    /// When the attempt happened.
    #[serde(rename = "time", with = "crate::time::rfc3339")]
    pub time_ms: EpochMs,
    /// When the verdict was made, by the machine's clock.
    #[serde(rename = "decided_at", with = "crate::time::rfc3339")]
    pub decided_at_ms: EpochMs,
    /// The tenant.
    pub tenant: String,
    /// What to do.
    pub decision: Decision,
    /// The probability that this is an attack.
    pub score: Score,
    /// The kind of attack.
    pub attack: Attack,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// The burst of flagged attempts from one source that this belongs to.
    pub session_id: Option<SessionId>,
    /// The campaign that the attempt belongs to.
    pub campaign_id: Option<CampaignId>,
    /// Until when the decision should be remembered for this source.
    #[serde(rename = "expires_at", with = "crate::time::rfc3339::option")]
    pub expires_at_ms: Option<EpochMs>,
    /// The hash of the policy that decided.
    pub policy: Arc<str>,
    /// Whether the decision is enforced.
    pub mode: Mode,
}

impl Verdict {
    /// What an auth service is told: in shadow mode always allow.
    #[must_use]
    pub fn answer(&self) -> Decision {
        match self.mode {
            Mode::Enforce => self.decision,
            Mode::Shadow => Decision::Allow,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> Verdict {
        Verdict {
            verdict_id: VerdictId::of("default", "e1", 5, 0),
            event_id: "e1".into(),
            revision: 0,
            time_ms: 5,
            decided_at_ms: 6,
            tenant: "default".into(),
            decision: Decision::Block,
            score: Score(9_700),
            attack: Attack::CredentialStuffing,
            reasons: vec![Reason {
                measure: Measure::DistinctUsers,
                entity: "ip:203.0.113.9".parse().unwrap(),
                window: Window::Short,
                value: 41,
                error_permille: 10,
                limit: 15,
                family: Family::Breadth,
                weight: LogOdds(589),
            }],
            session_id: Some(SessionId(7)),
            campaign_id: None,
            expires_at_ms: Some(7),
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        }
    }

    #[test]
    fn a_verdict_reads_back_as_it_was_written() {
        let json = serde_json::to_string(&sample()).unwrap();
        assert!(json.contains(r#""score":0.97"#), "{json}");
        assert!(json.contains(r#""signal":"ip.distinct_users","entity":"ip:203.0.113.9","window":"15m","value":41,"error":0.01,"limit":15,"family":"breadth""#), "{json}");
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), sample());
    }

    #[test]
    fn the_id_depends_on_every_part_and_on_nothing_else() {
        let id = VerdictId::of("t", "e", 1, 0);
        assert_eq!(id, VerdictId::of("t", "e", 1, 0));
        for other in [
            VerdictId::of("te", "", 1, 0),
            VerdictId::of("t", "f", 1, 0),
            VerdictId::of("t", "e", 2, 0),
            VerdictId::of("t", "e", 1, 1),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn shadow_mode_answers_allow() {
        let mut verdict = sample();
        assert_eq!(verdict.answer(), Decision::Block);
        verdict.mode = Mode::Shadow;
        assert_eq!(verdict.answer(), Decision::Allow);
    }
}
