//! The instant of an attempt: its own time and the watermark stamped on it.

use crate::state::window::{DAY_PANE_MS, MONTH_PANE_MS, SHORT_PANE_MS};

/// An instant, as the rooms need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    time_ms: i64,
    watermark_ms: i64,
}

/// A time older than this is as good as this old: every window has ended. It also keeps panes near
/// enough to be compared by their low bits.
const ANCIENT_MS: i64 = 60 * DAY_PANE_MS;

impl Now {
    /// An attempt's time, and the watermark stamped on it.
    #[must_use]
    pub fn new(time_ms: i64, watermark_ms: i64) -> Self {
        Self {
            time_ms: time_ms.max(watermark_ms - ANCIENT_MS),
            watermark_ms,
        }
    }

    /// The attempt's time, at most 60 days before the watermark.
    #[must_use]
    pub fn time_ms(&self) -> i64 {
        self.time_ms
    }

    /// The stamped watermark.
    #[must_use]
    pub fn watermark_ms(&self) -> i64 {
        self.watermark_ms
    }

    /// The watermark in seconds; never 0, which marks an empty slot.
    #[must_use]
    pub fn watermark_s(&self) -> u32 {
        u32::try_from(self.watermark_ms / 1_000)
            .unwrap_or(u32::MAX)
            .max(1)
    }

    /// The pane of the short window.
    #[must_use]
    pub fn pane(&self) -> i64 {
        self.short_pane()
    }

    /// Whether the attempt is older than the short window: it is judged with what is known.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.short_pane() < self.watermark_ms.div_euclid(SHORT_PANE_MS) - 1
    }

    pub(crate) fn short_pane(&self) -> i64 {
        self.time_ms.div_euclid(SHORT_PANE_MS)
    }
    pub(crate) fn day_pane(&self) -> i64 {
        self.time_ms.div_euclid(DAY_PANE_MS)
    }
    pub(crate) fn month_pane(&self) -> i64 {
        self.time_ms.div_euclid(MONTH_PANE_MS)
    }
    pub(crate) fn decay_step(&self) -> i64 {
        self.time_ms.div_euclid(1_000)
    }
}
