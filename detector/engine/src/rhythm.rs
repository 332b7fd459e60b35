//! The rhythm of a place: when names are tried there (D11, D17), in seven bytes.
//!
//! A machine keeps to a pace, or comes a little at a time for hours; a person tries a few times and
//! is done. Times are kept in few bits, so a place untouched for long starts anew; what comes late
//! changes nothing.

use crate::now::Now;
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// Gaps are kept in eighths of a second …
const UNIT_MS: i64 = 125;
/// … and one longer than this is none.
const LONGEST_S: u32 = 4_000;
/// Slowness is counted in spans of half an hour.
const SPAN_MS: i64 = 30 * 60_000;
/// A place untouched for so long has forgotten in which span it stood.
const FORGET_S: u32 = 60 * 3_600;

/// When names were tried at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
#[repr(C)]
pub struct Rhythm {
    /// Time of the last try, wrapping.
    tried: u16,
    /// The gap before it; 0 is none.
    gap: u16,
    /// How many gaps in a row were alike.
    steady: u8,
    /// The last half hour with a try, wrapping.
    span: u8,
    /// Half hours in a row with a try.
    spans: u8,
}

/// What a rhythm says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RhythmFacts {
    /// Milliseconds since the try before; 0 is none within an hour.
    pub gap_ms: u32,
    /// How many gaps in a row were alike.
    pub steady: u32,
    /// Half hours in a row in which something was tried.
    pub spans: u32,
}

impl Rhythm {
    /// Counts a try, `idle_s` after whatever came before it at the place.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only the low bits are kept"
    )]
    pub(crate) fn count(&mut self, now: Now, idle_s: u32) {
        let time_ms = now.time_ms();
        // What is older than the low bits tell would look like a gap.
        if now.watermark_ms() - time_ms > i64::from(LONGEST_S) * 1_000 {
            return;
        }
        let tried = time_ms.div_euclid(UNIT_MS) as u16;
        let span = time_ms.div_euclid(SPAN_MS) as u8;
        let new = self.spans == 0;
        let spans_on = span.wrapping_sub(self.span).cast_signed();
        if new || idle_s > FORGET_S || spans_on > 1 {
            (self.span, self.spans) = (span, 1);
        } else if spans_on == 1 {
            (self.span, self.spans) = (span, self.spans.saturating_add(1));
        }
        let gap = tried.wrapping_sub(self.tried).cast_signed();
        if new || idle_s > LONGEST_S {
            (self.tried, self.gap, self.steady) = (tried, 0, 0);
        } else if gap >= 0 {
            let gap = gap.unsigned_abs().max(1);
            let most = gap.max(self.gap);
            let alike = self.gap != 0 && gap.abs_diff(self.gap) <= most / 8 + 1;
            let steady = if alike {
                self.steady.saturating_add(1)
            } else {
                0
            };
            (self.tried, self.gap, self.steady) = (tried, gap, steady);
        }
    }

    /// What it says, `idle_s` after the place was touched last.
    pub(crate) fn facts(self, idle_s: u32) -> RhythmFacts {
        let recent = idle_s <= LONGEST_S;
        RhythmFacts {
            gap_ms: if recent { u32::from(self.gap) * 125 } else { 0 },
            steady: if recent { u32::from(self.steady) } else { 0 },
            spans: if recent { u32::from(self.spans) } else { 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_764_000_000_000;

    /// Tries at these milliseconds after the start.
    fn tried(at_ms: impl IntoIterator<Item = i64>) -> RhythmFacts {
        let (mut rhythm, mut last) = (Rhythm::default(), None);
        for at in at_ms {
            let idle = last.map_or(0, |last| (at - last) / 1_000).max(0);
            let watermark = last.max(Some(at)).unwrap_or(at);
            let now = Now::new(START_MS + at, START_MS + watermark);
            rhythm.count(now, u32::try_from(idle).unwrap());
            last = Some(watermark);
        }
        rhythm.facts(0)
    }

    #[test]
    fn one_try_has_no_gap_and_a_second_one_has() {
        assert_eq!(tried([0]).gap_ms, 0);
        assert_eq!(tried([0, 3_000]).gap_ms, 3_000);
        assert_eq!(tried([0, 5_000_000]).gap_ms, 0, "too long ago");
        assert_eq!(tried([0, 0]).gap_ms, 125, "at once is a gap too");
    }

    #[test]
    fn a_machine_keeps_its_pace_and_a_person_does_not() {
        assert_eq!(tried((0..10).map(|n| n * 30_000)).steady, 8);
        assert_eq!(tried([0, 4_000, 19_000, 26_000, 90_000]).steady, 0);
    }

    #[test]
    fn a_little_every_half_hour_is_slow_and_a_pause_ends_it() {
        assert_eq!(tried((0..12).map(|n| n * 1_800_000)).spans, 12);
        assert_eq!(tried([0, 1_800_000, 7_200_000]).spans, 1);
        assert_eq!(tried((0..300).map(|n| n * 1_800_000)).spans, 255);
    }

    #[test]
    fn what_comes_late_changes_nothing() {
        let in_time = tried([0, 30_000, 60_000]);
        for late in [10_000, -7_000_000, -70_000_000] {
            assert_eq!(tried([0, 30_000, 60_000, late]), in_time, "{late}");
        }
    }

    #[test]
    fn what_was_long_ago_says_nothing() {
        let mut rhythm = Rhythm::default();
        for (at, idle) in [(START_MS, 0), (START_MS + 1_000, 1)] {
            rhythm.count(Now::new(at, at), idle);
        }
        assert_eq!(rhythm.facts(4_001), RhythmFacts::default());
    }
}
