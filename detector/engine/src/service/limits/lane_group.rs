//! Lanes that share a limit, with their part of the budget and the lowest that their limit may be.

use super::super::shows::Asked;
use super::{ALONE, FEW, LOWEST};
use credsieve_models::Lane;
use credsieve_models::verdict::LogOdds;

/// Lanes that share a limit: what they have in common is what a challenge costs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LaneGroup {
    Success,
    Token,
    Failure,
    Signup,
    Lookup,
}

pub(super) const GROUPS: usize = 5;

impl LaneGroup {
    pub(super) const ALL: [Self; GROUPS] = [
        Self::Success,
        Self::Token,
        Self::Failure,
        Self::Signup,
        Self::Lookup,
    ];

    pub(super) fn of(lane: Lane) -> Self {
        match lane {
            Lane::LoginSuccess | Lane::MfaSuccess => Self::Success,
            Lane::TokenSuccess | Lane::TokenFailure => Self::Token,
            Lane::SignupSuccess | Lane::SignupFailure => Self::Signup,
            Lane::LookupSuccess | Lane::LookupFailure => Self::Lookup,
            _ => Self::Failure,
        }
    }

    /// The lowest limit at the door, where the budget would allow more. Who fails at a login loses little by a question, so it may be
    /// wrong three times in four. Who got in, or asks for what needs no secret, is asked where the score says more than even odds: where
    /// an attack is small, its scores say two to five times too much.
    pub(super) fn lowest(self, shown: Option<u64>) -> i32 {
        match (self, shown) {
            (Self::Lookup, None) => FEW.0,
            (Self::Lookup, Some(_)) => ALONE.0,
            (Self::Signup, _) => LogOdds::NAT,
            (Self::Success | Self::Token, _) => LogOdds::NAT / 2,
            (Self::Failure, _) => -LogOdds::NAT,
        }
    }

    /// A right password in wrong hands is worth a question to the owner before that.
    pub(super) fn lowest_again(self) -> i32 {
        match self {
            Self::Success | Self::Token => LOWEST,
            _ => 0,
        }
    }

    /// What people who are taken for machines show it by.
    pub(super) fn asks(self) -> Option<Asked> {
        match self {
            Self::Lookup => Some(Asked::LookUp),
            Self::Signup => Some(Asked::SignUp),
            _ => None,
        }
    }

    /// Its part of the budget, in percent. Together they are more than the whole: no traffic uses all of them.
    pub(super) fn part(self) -> u64 {
        match self {
            Self::Success | Self::Lookup => 20,
            Self::Failure => 110,
            Self::Signup => 12,
            Self::Token => 6,
        }
    }

    /// What those may take beside it that are scored again and only then flagged, likewise: nobody is stopped at the
    /// door any more, the owner of an account is asked whether it was them.
    pub(super) fn part_again(self) -> u64 {
        match self {
            Self::Success => 30,
            Self::Token | Self::Signup => 6,
            // What failed is not scored again.
            Self::Failure | Self::Lookup => 0,
        }
    }
}
