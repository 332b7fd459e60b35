//! From where a user was failed in a quarter of an hour, and what was flagged of it last.

use bytemuck::Zeroable;
use credsieve_models::Lane;
use credsieve_models::attempt::Kind;
use serde::{Deserialize, Serialize};

/// What was flagged last, in the upper bits beside a count: a token, any other failure.
pub(super) const FLAGS: u8 = 0xc0;
const TOKEN: u8 = 0x40;
const FAILURE: u8 = 0xc0;
/// What is left for the count.
pub(super) const COUNT: u8 = !FLAGS;

/// From where the user was failed in one pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(C)]
pub(super) struct FirePane {
    /// Addresses: seen in the pane, and of these new to the pane before. The upper bits of the first
    /// say what was flagged, if anything.
    pub(super) addresses: u8,
    pub(super) new_addresses: u8,
    /// A bit each for distinct ASNs and countries, by their hash: errs low.
    pub(super) asns: u16,
    pub(super) countries: u16,
}

impl FirePane {
    pub(super) fn flag(&mut self, kind: Kind) {
        let flag = match kind {
            Kind::Token => TOKEN,
            _ => FAILURE,
        };
        self.addresses = (self.addresses & COUNT) | flag;
    }

    /// A lane of what was flagged last.
    pub(super) fn flagged(self) -> Option<Lane> {
        match self.addresses & FLAGS {
            0 => None,
            TOKEN => Some(Lane::TokenFailure),
            _ => Some(Lane::LoginBadPassword),
        }
    }
}
