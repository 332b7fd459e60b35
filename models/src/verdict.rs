//! The verdict: what credsieve says about one attempt, and why, in reasons that a person can check.
//!
//! Everything numeric is an integer inside (log-odds in 1/256 nat, scores in 1/10,000) and is
//! printed from that integer, so the same state prints the same bytes on every machine.

mod id;
mod json;
mod reason;
mod score;

pub use id::{AlertId, BadId, CampaignId, SessionId, VerdictId};
pub use json::JsonWriter;
pub use reason::Reason;
pub use score::{LogOdds, Score};

use crate::attempt::spelled;
use crate::time::EpochMs;
use serde::{Deserialize, Serialize};
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
