//! An attempt that is going to happen, and the event that it becomes.

use crate::agents::Agent;
use crate::names::Name;
use crate::networks::Place;
use credsieve_models::attempt::{FailureReason, Kind, Mfa, Outcome};
use credsieve_models::time::EpochMs;
use std::cmp::Ordering;

/// Who made an attempt, as the labels say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Is it part of an attack?
    pub attack: bool,
    /// The class, such as `office` or `spray`.
    pub class: &'static str,
    /// Whether no log can tell that it is an attack.
    pub undecidable: bool,
}

impl Label {
    /// An honest class.
    #[must_use]
    pub const fn honest(class: &'static str) -> Self {
        Self {
            attack: false,
            class,
            undecidable: false,
        }
    }

    /// An attack class.
    #[must_use]
    pub const fn attack(class: &'static str) -> Self {
        Self {
            attack: true,
            class,
            undecidable: false,
        }
    }

    /// The same, but no log can tell that it is an attack: such as a token replayed on the same tool.
    #[must_use]
    pub const fn undecidable(self) -> Self {
        Self {
            undecidable: true,
            ..self
        }
    }
}

/// Where in the service the attempt came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The web page.
    Web,
    /// The app's own interface.
    App,
    /// The interface for partners and tools.
    Api,
}

/// What the client is: the same for all attempts of a visit.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Where it is.
    pub place: Place,
    /// The program.
    pub agent: Agent,
    /// The producer's device token, where the client kept one.
    pub device: Option<u64>,
    /// Where it comes in.
    pub endpoint: Endpoint,
}

/// An attempt that is going to happen.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// When, in microseconds since the mix began.
    pub at_us: u64,
    /// Who.
    pub label: Label,
    /// With what.
    pub client: Client,
    /// The name given.
    pub name: Name,
    /// What is attempted.
    pub kind: Kind,
    /// `None` for a success.
    pub failure: Option<FailureReason>,
    /// The tried password's digest; 0 for the right one, where the writer knows it.
    pub fingerprint: u64,
    /// What became of the second factor.
    pub mfa: Option<Mfa>,
    /// The producer finds the pair in a breach list.
    pub breached: bool,
}

impl Plan {
    /// A login that succeeds, from which every other plan is made.
    #[must_use]
    pub fn success(at_us: u64, label: Label, client: Client, name: Name) -> Self {
        Self {
            at_us,
            label,
            client,
            name,
            kind: Kind::Login,
            failure: None,
            fingerprint: 0,
            mfa: None,
            breached: false,
        }
    }

    /// The same, but it fails.
    #[must_use]
    pub fn failing(self, reason: FailureReason, fingerprint: u64) -> Self {
        let mfa = (reason == FailureReason::BadMfa).then_some(Mfa::Failed);
        Self {
            failure: Some(reason),
            fingerprint,
            mfa,
            ..self
        }
    }

    /// The same, later.
    #[must_use]
    pub fn later(self, by_us: u64) -> Self {
        Self {
            at_us: self.at_us.saturating_add(by_us),
            ..self
        }
    }

    /// Whether a success lets the caller in: an answered look-up or an accepted sign-up does not.
    #[must_use]
    pub fn enters(&self) -> bool {
        matches!(self.kind, Kind::Login | Kind::Token | Kind::Mfa)
    }

    /// How it ends.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.failure {
            None => Outcome::Success,
            Some(_) => Outcome::Failure,
        }
    }
}

/// A plan in a heap that gives the earliest first; plans of one instant keep their order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub plan: Plan,
    pub number: u64,
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.plan.at_us, other.number).cmp(&(self.plan.at_us, self.number))
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pending {}

/// An event with what is known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The event, one line of native JSON without the line's end.
    pub event_json: String,
    /// Its id: 32 hexadecimal digits.
    pub event_id: String,
    /// Is it part of an attack?
    pub attack: bool,
    /// The class.
    pub class: &'static str,
    /// Whether no log can tell that it is an attack.
    pub undecidable: bool,
    /// Whether the name is that of a person's account.
    pub of_a_person: bool,
    /// How often this user had got in before, in this traffic; 255 is that or more.
    pub history: u8,
    /// What was attempted.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// When it happened.
    pub time_ms: EpochMs,
    /// The name given.
    pub username: String,
}
