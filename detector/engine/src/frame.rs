//! The frame: one attempt as the rooms see it. Small, copied, without a string: what passes between
//! rooms could be bytes.
//!
//! Making a frame is the enrichment that happens once, at intake, and travels: names become keyed
//! hashes here and nowhere else.

use crate::near::NearNames;
use crate::shape::Shape;
use credsieve_models::attempt::{Attempt, Credential, FailureReason, Kind, Mfa, Outcome};
use credsieve_models::key::Domain;
use credsieve_models::lists::Subject;
use credsieve_models::names::NameSet;
use credsieve_models::time::EpochMs;
use credsieve_models::{Address, KeyHasher, Lane};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// One attempt as keys and flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "facts that are there or not")]
pub struct Frame {
    /// Keyed hash of tenant and event id, by which repeats are recognised.
    pub event: u128,
    /// When it happened.
    pub time_ms: EpochMs,
    /// The record's clock, which bounds the watermark.
    pub clock_ms: EpochMs,
    /// The whole address.
    pub ip: IpAddr,
    /// The address as it is counted.
    pub address: Address,
    /// The ASN.
    pub asn: Option<u32>,
    /// The country.
    pub country: Option<[u8; 2]>,
    /// Key of tenant and user name.
    pub user: Option<u64>,
    /// What names are near to the user's, where that matters: an unknown name, or a login.
    pub near: NearNames,
    /// What the user's name looks like.
    pub shape: Shape,
    /// Key of tenant and device token.
    pub device: Option<u64>,
    /// Key of the tool.
    pub tool: Option<u64>,
    /// Key of the agent without its versions.
    pub agent: Option<u64>,
    /// Key of tenant and password fingerprint.
    pub password: Option<u64>,
    /// Key of tenant and the producer's session.
    pub session: Option<u64>,
    /// Hash of the tenant.
    pub tenant: u64,
    /// Hash of the endpoint.
    pub endpoint: Option<u64>,
    /// What was attempted.
    pub kind: Kind,
    /// How it ended; `None` in a question.
    pub outcome: Option<Outcome>,
    /// Whether the password was right.
    pub credential: Credential,
    /// Why it failed.
    pub failure_reason: Option<FailureReason>,
    /// The name stands in the policy's file of names.
    pub listed_name: bool,
    /// The producer found the pair in a breach list.
    pub breached_password: bool,
    /// A second factor was asked for and was right.
    pub mfa_passed: bool,
    /// It is a login that failed for another reason, as the service said.
    pub says_other: bool,
}

impl Frame {
    /// The frame of an attempt. `clock_ms` is the record's clock.
    ///
    /// # Panics
    /// Never for an attempt that was parsed: its address can be a source.
    #[must_use]
    pub fn new(
        attempt: &Attempt<'_>,
        clock_ms: EpochMs,
        hasher: &KeyHasher,
        names: &NameSet,
    ) -> Self {
        let tenant = attempt.tenant.as_ref();
        let username = attempt.username.as_deref();
        Self {
            event: hasher.hash128(
                Domain::Event,
                &[tenant.as_bytes(), attempt.event_id.as_bytes()],
            ),
            time_ms: attempt.time_ms,
            clock_ms,
            ip: attempt.ip,
            address: Address::new(attempt.ip).expect("parsing refuses multicast sources"),
            asn: attempt.asn,
            country: attempt.country,
            user: username.map(|name| hasher.user(tenant, name)),
            near: near_names(attempt, hasher),
            shape: username.map_or_else(Shape::default, |name| Shape::of(name, hasher)),
            device: attempt
                .device_id
                .as_deref()
                .map(|device| hasher.device(tenant, device)),
            tool: hasher.tool(attempt.ja4.as_deref(), attempt.user_agent.as_deref()),
            agent: attempt
                .user_agent
                .as_deref()
                .map(|agent| agent_without_versions(agent, hasher)),
            password: attempt
                .password_fingerprint
                .as_deref()
                .map(|fingerprint| hasher.password(tenant, fingerprint)),
            session: attempt.session_id.as_deref().map(|session| {
                hasher.hash64(Domain::Session, &[tenant.as_bytes(), session.as_bytes()])
            }),
            tenant: hasher.hash64(Domain::Tenant, &[tenant.as_bytes()]),
            endpoint: attempt
                .endpoint
                .as_deref()
                .map(|endpoint| hasher.hash64(Domain::Endpoint, &[endpoint.as_bytes()])),
            kind: attempt.kind,
            outcome: attempt.outcome,
            credential: attempt.credential,
            failure_reason: attempt.failure_reason,
            listed_name: username.is_some_and(|name| names.contains(name)),
            breached_password: attempt.breached_password,
            mfa_passed: attempt.mfa == Some(Mfa::Passed),
            says_other: attempt.kind == Kind::Login
                && attempt.failure_reason == Some(FailureReason::Other),
        }
    }

    /// A question about an address alone, to be filled with what is asked about.
    #[must_use]
    pub(crate) fn about(address: Address) -> Self {
        Self {
            event: 0,
            time_ms: 0,
            clock_ms: 0,
            ip: address.ip(),
            address,
            asn: None,
            country: None,
            user: None,
            near: NearNames::default(),
            shape: Shape::default(),
            device: None,
            tool: None,
            agent: None,
            password: None,
            session: None,
            tenant: 0,
            endpoint: None,
            kind: Kind::Login,
            outcome: None,
            credential: Credential::Unknown,
            failure_reason: None,
            listed_name: false,
            breached_password: false,
            mfa_passed: false,
            says_other: false,
        }
    }

    /// Whether it is a question about a login, before its outcome.
    #[must_use]
    pub fn asks_about_login(&self) -> bool {
        self.outcome.is_none() && self.kind == Kind::Login
    }

    /// The attempt as it is asked about, before its outcome.
    #[must_use]
    pub fn before_its_outcome(&self) -> Self {
        Self {
            near: NearNames::default(),
            outcome: None,
            credential: Credential::Unknown,
            failure_reason: None,
            mfa_passed: false,
            says_other: false,
            ..*self
        }
    }

    /// The same attempt, where `other` is what this service says of every failed login: of none then is more
    /// known than that it failed.
    #[must_use]
    pub fn without_other(mut self) -> Self {
        if self.says_other {
            self.failure_reason = None;
        }
        self
    }

    /// Whether this attempt failed.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.outcome == Some(Outcome::Failure)
    }

    /// Whether this attempt succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome == Some(Outcome::Success)
    }

    /// Whether this attempt showed that whoever made it belongs to the account. To look an account
    /// up, or to ask for a reset, succeeds without any secret; a sign-up has one of its own making.
    #[must_use]
    pub fn proves_user(&self) -> bool {
        self.succeeded() && matches!(self.kind, Kind::Login | Kind::Mfa | Kind::Token)
    }

    /// Whether this attempt tries a name without proving anything about who makes it: a failure, or
    /// a success that needs no secret. Who tries many names is after something.
    #[must_use]
    pub fn tries_name(&self) -> bool {
        counts_as_failure(self)
            || (self.succeeded()
                && matches!(self.kind, Kind::Signup | Kind::Lookup | Kind::PasswordReset))
    }

    /// Whether name and password of a login are in a breach list; `None` of what tries no password.
    #[must_use]
    pub fn breached(&self) -> Option<bool> {
        (self.kind == Kind::Login).then_some(self.breached_password)
    }

    /// The lane; a question is asked in that of wrong passwords.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self.outcome {
            Some(outcome) => Lane::of(self.kind, outcome, self.failure_reason),
            None if self.kind == Kind::Login => Lane::LoginBadPassword,
            None => Lane::of(self.kind, Outcome::Success, None),
        }
    }

    /// The parts that lists look at.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            ip: self.ip,
            asn: self.asn,
            country: self.country,
            device: self.device,
            user: self.user,
            tool: self.tool,
            endpoint: self.endpoint,
            tenant: self.tenant,
        }
    }
}

/// Only an unknown name is compared with others, and only with those who have logged in.
fn near_names(attempt: &Attempt<'_>, hasher: &KeyHasher) -> NearNames {
    let unknown = attempt.failure_reason == Some(FailureReason::UnknownUser);
    let login = attempt.outcome == Some(Outcome::Success) && attempt.kind == Kind::Login;
    match attempt.username.as_deref() {
        Some(name) if unknown || login => {
            let tenant = hasher.hash64(Domain::Tenant, &[attempt.tenant.as_bytes()]);
            NearNames::of(name, tenant, &hasher.seed())
        }
        _ => NearNames::default(),
    }
}

/// The key of an agent whose digits are left out: a new version is the same program.
fn agent_without_versions(agent: &str, hasher: &KeyHasher) -> u64 {
    let mut letters = Vec::with_capacity(agent.len());
    for part in agent.as_bytes().split(u8::is_ascii_digit) {
        letters.extend_from_slice(part);
    }
    hasher.hash64(Domain::Tool, &[b"family", &letters])
}

/// A failure that says something about its source. `other` does not: an outage must convict nobody.
#[must_use]
pub fn counts_as_failure(frame: &Frame) -> bool {
    frame.failed() && frame.failure_reason != Some(FailureReason::Other)
}
