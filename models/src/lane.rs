//! Lanes: the ways in which attempts can end. What is usual differs between them by orders of
//! magnitude, so each has its own expectation of honest traffic.

use crate::attempt::{FailureReason, Kind, Outcome, spelled};

spelled! {
    /// Kind and outcome of an attempt.
    Lane {
        /// A login that succeeded.
        LoginSuccess = "login_success",
        /// A login with a wrong password.
        LoginBadPassword = "login_bad_password",
        /// A login with a name that does not exist.
        LoginUnknownUser = "login_unknown_user",
        /// A login whose second factor was wrong.
        LoginBadMfa = "login_bad_mfa",
        /// A login to an account that is locked or expired.
        LoginLocked = "login_locked",
        /// An attempt of any kind but a sign-up that failed for another reason, such as an outage.
        LoginOther = "login_other",
        /// A login that failed; the producer does not say why.
        LoginFailure = "login_failure",
        /// An account was made.
        SignupSuccess = "signup_success",
        /// An account was not made.
        SignupFailure = "signup_failure",
        /// A password reset was begun.
        ResetSuccess = "reset_success",
        /// A password reset was refused.
        ResetFailure = "reset_failure",
        /// A name was looked up and exists.
        LookupSuccess = "lookup_success",
        /// A name was looked up and does not exist.
        LookupFailure = "lookup_failure",
        /// A second factor was right.
        MfaSuccess = "mfa_success",
        /// A second factor was wrong.
        MfaFailure = "mfa_failure",
        /// A session token was good.
        TokenSuccess = "token_success",
        /// A session token was refused.
        TokenFailure = "token_failure",
    }
}

impl Lane {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The lane of an attempt that ended so.
    #[must_use]
    pub fn of(kind: Kind, outcome: Outcome, reason: Option<FailureReason>) -> Self {
        let won = outcome == Outcome::Success;
        // Trouble of the service's own says nothing about the attempt, whatever its kind.
        if !won && reason == Some(FailureReason::Other) && kind != Kind::Signup {
            return Self::LoginOther;
        }
        match kind {
            Kind::Login if won => Self::LoginSuccess,
            Kind::Login => match reason {
                Some(FailureReason::BadPassword) => Self::LoginBadPassword,
                Some(FailureReason::UnknownUser) => Self::LoginUnknownUser,
                Some(FailureReason::BadMfa) => Self::LoginBadMfa,
                Some(FailureReason::Locked | FailureReason::Expired) => Self::LoginLocked,
                Some(FailureReason::Other) | None => Self::LoginFailure,
            },
            Kind::Signup if won => Self::SignupSuccess,
            Kind::Signup => Self::SignupFailure,
            Kind::PasswordReset if won => Self::ResetSuccess,
            Kind::PasswordReset => Self::ResetFailure,
            Kind::Lookup if won => Self::LookupSuccess,
            Kind::Lookup => Self::LookupFailure,
            Kind::Mfa if won => Self::MfaSuccess,
            Kind::Mfa => Self::MfaFailure,
            Kind::Token if won => Self::TokenSuccess,
            Kind::Token => Self::TokenFailure,
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Whether an attempt of this lane succeeded.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(
            self,
            Self::LoginSuccess
                | Self::SignupSuccess
                | Self::ResetSuccess
                | Self::LookupSuccess
                | Self::MfaSuccess
                | Self::TokenSuccess
        )
    }
}
