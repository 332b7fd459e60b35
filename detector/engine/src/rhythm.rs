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
    pub(crate) fn count(&mut self, now: Now, idle_s: u32) {
        let (tried, span) = low_bits(now.time_ms());
        // What is older than the low bits tell would look like a gap.
        if now.watermark_ms() - now.time_ms() > i64::from(LONGEST_S) * 1_000 {
            return;
        }
        match self.since(now.time_ms(), idle_s) {
            Since::Late => {}
            Since::Long => {
                *self = Self {
                    tried,
                    span,
                    spans: 1,
                    ..Self::default()
                }
            }
            Since::Spans(spans) => {
                self.spans = match spans {
                    0 => self.spans,
                    1 => self.spans.saturating_add(1),
                    _ => 1,
                };
                self.span = span;
                self.count_gap(tried);
            }
        }
    }

    /// Forgets what a place that was untouched for so long cannot tell from later any more.
    pub(crate) fn forget_after(&mut self, idle_s: u32) {
        if idle_s > FORGET_S {
            *self = Self::default();
        }
    }

    fn count_gap(&mut self, tried: u16) {
        let gap = tried.wrapping_sub(self.tried).max(1);
        if u32::from(gap) > LONGEST_S * 8 {
            (self.gap, self.steady) = (0, 0);
        } else {
            let most = gap.max(self.gap);
            let alike = self.gap != 0 && gap.abs_diff(self.gap) <= most / 8 + 1;
            let steady = self.steady.saturating_add(1);
            (self.gap, self.steady) = (gap, if alike { steady } else { 0 });
        }
        self.tried = tried;
    }

    /// How long before an instant the last try was. The place is touched by more than tries, so it being
    /// busy says nothing of that.
    fn since(self, time_ms: i64, idle_s: u32) -> Since {
        let (tried, span) = low_bits(time_ms);
        let spans = span.wrapping_sub(self.span).cast_signed();
        let within = tried.wrapping_sub(self.tried).cast_signed() < 0;
        match spans {
            _ if self.spans == 0 || idle_s > FORGET_S => Since::Long,
            0 if within => Since::Late,
            0..=2 => Since::Spans(spans.unsigned_abs()),
            -3..=-1 => Since::Late,
            _ => Since::Long,
        }
    }

    /// What it says at an instant, `idle_s` after the place was touched last.
    pub(crate) fn facts(self, now: Now, idle_s: u32) -> RhythmFacts {
        match self.since(now.time_ms(), idle_s) {
            Since::Long => RhythmFacts::default(),
            Since::Late | Since::Spans(_) => RhythmFacts {
                gap_ms: u32::from(self.gap) * 125,
                steady: u32::from(self.steady),
                spans: u32::from(self.spans),
            },
        }
    }
}

/// How an instant lies to the last try.
enum Since {
    /// Before it.
    Late,
    /// So many half hours after it, two at most.
    Spans(u8),
    /// Longer after it, or there was none.
    Long,
}

/// The low bits of an instant: eighths of a second, and half hours.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "only the low bits are kept"
)]
fn low_bits(time_ms: i64) -> (u16, u8) {
    let tried = time_ms.div_euclid(UNIT_MS) as u16;
    (tried, time_ms.div_euclid(SPAN_MS) as u8)
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
        let last = START_MS + last.unwrap_or(0);
        rhythm.facts(Now::new(last, last), 0)
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
    fn what_was_long_ago_says_nothing_however_busy_the_place_is() {
        let mut rhythm = Rhythm::default();
        for (at, idle) in [(START_MS, 0), (START_MS + 1_000, 1)] {
            rhythm.count(Now::new(at, at), idle);
        }
        for hours in [2, 3, 5, 70, 120] {
            let later = START_MS + hours * 3_600_000;
            let now = Now::new(later, later);
            assert_eq!(rhythm.facts(now, 1), RhythmFacts::default(), "{hours} h");
            let mut again = rhythm;
            again.count(now, 1);
            let facts = again.facts(now, 1);
            assert_eq!((facts.gap_ms, facts.spans), (0, 1), "{hours} h");
        }
    }
}
