//! A place: what an address or a network has been doing, in one cache line.
//!
//! Windows are brought to an instant when the place is touched; reading works on a copy. Panes are
//! kept in few bits, so a place untouched for long starts anew.

use crate::frame::Frame;
use crate::now::Now;
use crate::rhythm::{Rhythm, RhythmFacts};
use crate::session::Session;
use crate::source::UserSight;
use crate::state::pairs::FirstSight;
use crate::state::table::Record;
use crate::state::window::{
    Count, DAY_PANE_MS, Decayed, Distinct, MONTH_PANE_MS, SHORT_PANE_MS, Turn,
};
use bytemuck::Zeroable;
use credsieve_models::attempt::FailureReason;
use serde::{Deserialize, Serialize};

/// What an address or network has been doing: one cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(C)]
pub struct Place {
    /// Watermark of the last touch; 0 marks an empty slot.
    pub(crate) last_seen_s: u32,
    /// How far the rate limit is used up, in milliseconds beyond `last_seen_s`.
    pub(crate) limit_used_ms: u32,
    pub(crate) attempts: Decayed,
    pub(crate) failures: Decayed,
    pub(crate) session: Session,
    /// Panes and epochs, wrapping; a record untouched for long starts anew.
    short_pane: u16,
    decay_epoch: u16,
    pub(crate) short_users: Distinct,
    pub(crate) day_users: Distinct,
    pub(crate) short_failures: Count,
    pub(crate) short_unknown: Count,
    pub(crate) day_failures: Count,
    /// Distinct users who succeeded: previous month, this one, new in this one.
    good: [u8; 3],
    day_pane: u8,
    month_pane: u8,
    /// Names of kin tried in the short window, of earlier ones half.
    kin: u8,
    pub(crate) rhythm: Rhythm,
}

const _: () = assert!(size_of::<Place>() == 64);

impl Record for Place {
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    /// Sources with the fewest partners go first; partners of a window that has ended are none.
    fn worth(&self, now_s: u32) -> u32 {
        let idle_ms = i64::from(now_s.saturating_sub(self.last_seen_s)) * 1_000;
        let within = |pane_ms: i64, count: u32| if idle_ms < 2 * pane_ms { count } else { 0 };
        let good = within(
            MONTH_PANE_MS,
            u32::from(self.good[0]) + u32::from(self.good[2]),
        );
        let failed = within(DAY_PANE_MS, self.day_users.read(Turn::Same))
            .max(within(SHORT_PANE_MS, self.short_users.read(Turn::Same)));
        u32::BITS - (good + failed).leading_zeros()
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

/// What a place looks like to the rooms after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaceFacts {
    /// Attempts, decayed with a half-life of ten minutes.
    pub attempts: u32,
    /// Failures, decayed likewise.
    pub failures: u32,
    /// Failures in the short window.
    pub short_failures: u32,
    /// Of these, with a name that does not exist.
    pub short_unknown: u32,
    /// Distinct users who failed in the short window.
    pub short_users: u32,
    /// Distinct users who failed in a day.
    pub day_users: u32,
    /// Failures in a day.
    pub day_failures: u32,
    /// Distinct users above suspicion who succeeded in a month.
    pub good_users: u32,
    /// Names in the short window whose kin was tried there before.
    pub kin: u32,
    /// When names are tried.
    pub rhythm: RhythmFacts,
}

/// A record untouched for this long holds nothing of any window. It may have begun with an attempt
/// that was 60 days old: together less than the 127 days from which a day's pane would look later.
const FORGET_S: u32 = 60 * 86_400;

/// A pane kept in few bits against a whole one: the nearest pane with those bits.
macro_rules! unwrap_pane {
    ($kept:expr, $near:expr, $bits:ty) => {{
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "only the low bits are compared"
        )]
        let ahead = ($near as $bits).wrapping_sub($kept).cast_signed();
        $near - i64::from(ahead)
    }};
}

impl Place {
    pub(crate) fn fresh(now: Now) -> Self {
        let mut place = Self::default();
        place.start(now);
        place
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "panes are kept in their low bits"
    )]
    pub(crate) fn start(&mut self, now: Now) {
        self.last_seen_s = now.watermark_s();
        self.short_pane = now.short_pane() as u16;
        self.day_pane = now.day_pane() as u8;
        self.month_pane = now.month_pane() as u8;
        self.decay_epoch = Decayed::epoch(now.decay_step()) as u16;
    }

    pub(crate) fn turns(&self, now: Now) -> Turns {
        let forgotten = now.watermark_s().saturating_sub(self.last_seen_s) > FORGET_S;
        let turn = |stands_at, pane| {
            if forgotten {
                Turn::Beyond
            } else {
                Turn::between(stands_at, pane)
            }
        };
        let (short, day, month) = (now.short_pane(), now.day_pane(), now.month_pane());
        let epoch = Decayed::epoch(now.decay_step());
        Turns {
            short: turn(unwrap_pane!(self.short_pane, short, u16), short),
            day: turn(unwrap_pane!(self.day_pane, day, u8), day),
            month: turn(unwrap_pane!(self.month_pane, month, u8), month),
            epochs: if forgotten {
                i64::from(u16::MAX)
            } else {
                epoch - unwrap_pane!(self.decay_epoch, epoch, u16)
            },
        }
    }

    /// Brings every window to `now` and answers how `now` lies to them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "panes are kept in their low bits"
    )]
    pub(crate) fn turn(&mut self, now: Now) -> Turns {
        let turns = self.turns(now);
        self.short_users.turn(turns.short);
        self.short_failures.turn(turns.short);
        self.short_unknown.turn(turns.short);
        self.day_users.turn(turns.day);
        self.day_failures.turn(turns.day);
        self.good = turned(self.good, turns.month);
        self.kin = kin(self.kin, turns.short);
        self.rhythm.forget_after(self.idle_s(now));
        self.attempts.age(turns.epochs);
        self.failures.age(turns.epochs);
        let later = |turn| matches!(turn, Turn::Next | Turn::Beyond);
        if later(turns.short) {
            self.short_pane = now.short_pane() as u16;
        }
        if later(turns.day) {
            self.day_pane = now.day_pane() as u8;
        }
        if later(turns.month) {
            self.month_pane = now.month_pane() as u8;
        }
        if turns.epochs > 0 {
            self.decay_epoch = Decayed::epoch(now.decay_step()) as u16;
        }
        self.touch(now);
        turns
    }

    /// Seconds since the place was touched last.
    pub(crate) fn idle_s(&self, now: Now) -> u32 {
        now.watermark_s().saturating_sub(self.last_seen_s)
    }

    pub(crate) fn touch(&mut self, now: Now) {
        let now_s = now.watermark_s();
        let passed_ms = now_s.saturating_sub(self.last_seen_s).saturating_mul(1_000);
        self.limit_used_ms = self.limit_used_ms.saturating_sub(passed_ms);
        self.last_seen_s = self.last_seen_s.max(now_s);
    }

    pub(crate) fn facts(&self, now: Now) -> PlaceFacts {
        let turns = self.turns(now);
        let good = turned(self.good, turns.month);
        PlaceFacts {
            attempts: self.attempts.read(now.decay_step(), turns.epochs),
            failures: self.failures.read(now.decay_step(), turns.epochs),
            short_failures: self.short_failures.read(turns.short),
            short_unknown: self.short_unknown.read(turns.short),
            short_users: self.short_users.read(turns.short),
            day_users: self.day_users.read(turns.day),
            day_failures: self.day_failures.read(turns.day),
            good_users: u32::from(good[0]) + u32::from(good[2]),
            kin: u32::from(kin(self.kin, turns.short)),
            rhythm: self.rhythm.facts(now, self.idle_s(now)),
        }
    }
}

/// How an instant lies to a record's windows.
#[derive(Clone, Copy)]
pub(crate) struct Turns {
    pub(crate) short: Turn,
    pub(crate) day: Turn,
    pub(crate) month: Turn,
    pub(crate) epochs: i64,
}

/// Names of kin that are still counted after a turn.
fn kin(count: u8, turn: Turn) -> u8 {
    match turn {
        Turn::Next => count / 2,
        Turn::Beyond => 0,
        Turn::Same | Turn::Previous | Turn::Older => count,
    }
}

fn turned(good: [u8; 3], turn: Turn) -> [u8; 3] {
    match turn {
        Turn::Next => [good[1], 0, 0],
        Turn::Beyond => [0; 3],
        Turn::Same | Turn::Previous | Turn::Older => good,
    }
}

impl Place {
    pub(crate) fn count_failure(&mut self, frame: &Frame, now: Now, turns: Turns) {
        self.failures.add(now.decay_step(), -turns.epochs);
        self.short_failures.add(turns.short);
        if frame.failure_reason == Some(FailureReason::UnknownUser) {
            self.short_unknown.add(turns.short);
        }
    }

    /// Takes a tried user back who turned out to be no stranger, after turning.
    pub(crate) fn excuse(&mut self, now: Now, sight: UserSight) {
        let stands_at = unwrap_pane!(self.short_pane, now.short_pane(), u16);
        let short = Turn::between(stands_at, sight.pane);
        self.short_users.take_back(short, sight.short);
        self.day_users.take_back(Turn::Same, sight.day);
    }

    /// Counts a name whose kin was tried in the same window, after turning.
    pub(crate) fn count_kin(&mut self) {
        self.kin = self.kin.saturating_add(1);
    }

    pub(crate) fn count_good(&mut self, turn: Turn, sight: FirstSight) {
        let [prev, cur, new] = &mut self.good;
        match turn {
            Turn::Same | Turn::Next | Turn::Beyond => {
                *cur = cur.saturating_add(u8::from(sight.in_pane));
                *new = new.saturating_add(u8::from(sight.in_window));
            }
            Turn::Previous => *prev = prev.saturating_add(u8::from(sight.in_window)),
            Turn::Older => {}
        }
    }
}
