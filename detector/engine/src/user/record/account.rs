//! How the account began: the logins it has, whether a sign-up waits for its first, and how far the
//! sign-up is suspected to have been an attack's. All in sixteen bits of the record.

use super::{UserRecord, age};
use crate::now::Now;
use credsieve_models::verdict::LogOdds;

/// There was a sign-up and no login since.
pub(super) const SIGNED: u16 = 0x8000;
/// How doubtful the sign-up was, in the steps of [`DOUBTS`] …
const DOUBT: u16 = 0x7000;
/// … beside the number of logins.
pub(super) const LOGINS: u16 = !(SIGNED | DOUBT);

/// From which log-odds of the sign-up on each step of doubt holds, in 1/256 nat.
const DOUBTS: [i32; 8] = [0, 563, 640, 704, 768, 896, 1_024, 1_280];
/// What is taken off where a sign-up was challenged, and there is an account all the same: of these more are people's than
/// their scores say.
const ASKED: i32 = LogOdds::NAT * 9 / 4;
/// After so long a right login makes an account a step less doubtful: whoever was wronged is not asked for ever.
const DOUBTED_LESS_S: u32 = 12 * 3_600;

impl UserRecord {
    /// Logins learned from.
    pub(in super::super) fn logins(&self) -> u32 {
        u32::from(self.logins & LOGINS)
    }

    /// The log-odds that the account is an attack's own; 0 where nothing is held against it.
    pub(super) fn doubted(&self) -> i32 {
        DOUBTS[usize::from((self.logins & DOUBT) >> DOUBT.trailing_zeros())]
    }

    fn set_doubt(&mut self, log_odds: i32) {
        let step = DOUBTS.partition_point(|from| *from <= log_odds).max(1) - 1;
        let step = u16::try_from(step).unwrap_or(0) << DOUBT.trailing_zeros();
        self.logins = (self.logins & !DOUBT) | step;
    }

    /// Remembers with which log-odds the account's own sign-up was an attack's. `was_asked`: it was challenged, and there
    /// is an account all the same. Another sign-up by the name can only speak for it.
    pub(in super::super) fn doubt(&mut self, log_odds: i32, was_asked: bool) {
        let log_odds = log_odds - if was_asked { ASKED } else { 0 };
        let again = self.logins & SIGNED != 0;
        self.set_doubt(if again {
            log_odds.min(self.doubted())
        } else {
            log_odds
        });
    }

    /// The same when the sign-up was scored again: while it is let pass it can only speak for the account, since in a rush
    /// of people sign-ups look like an attack's for a while; where it is not, only against it.
    pub(in super::super) fn doubt_again(&mut self, log_odds: i32, is_flagged: bool) {
        self.set_doubt(if is_flagged {
            self.doubted().max(log_odds - ASKED)
        } else {
            self.doubted().min(log_odds)
        });
    }

    /// A second factor was right: there is nobody to doubt.
    pub(in super::super) fn trust(&mut self) {
        self.set_doubt(0);
    }

    /// A right login some time after the sign-up, or after the last such step, makes the account a step less doubtful.
    pub(in super::super) fn doubt_less(&mut self, now: Now) {
        if self.logins & DOUBT != 0 && age(self.last_login_s, now) >= DOUBTED_LESS_S {
            self.logins -= 1 << DOUBT.trailing_zeros();
            self.last_login_s = now.watermark_s();
        }
    }

    /// Remembers a sign-up.
    pub(in super::super) fn sign_up(&mut self, now: Now) {
        if self.logins() == 0 {
            self.logins |= SIGNED;
            self.last_login_s = now.watermark_s();
        }
    }

    /// Takes the time of a sign-up that no login has followed yet.
    pub(in super::super) fn take_sign_up(&mut self) -> Option<u32> {
        let signed = self.logins & SIGNED != 0;
        self.logins &= !SIGNED;
        signed.then_some(self.last_login_s)
    }
}
