//! The same wrong thing again: a program with an old password tries it from the same place for
//! hours or days. A thief tries another.

use crate::state::table::{Record, SparseTable, Table};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// From this long on it is a program that nobody looks after, rather than somebody who retries.
const STALE_AFTER_S: u32 = 45 * 60;
/// After this long a silence ends it.
const FORGOTTEN_AFTER_S: u32 = 36 * 3_600;
/// Without a fingerprint the password may be another each time: only what comes this seldom counts.
const SELDOM_S: u32 = 100;

/// One wrong thing: a user, a password where its fingerprint is known, a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
struct Wrong {
    first_s: u32,
    last_s: u32,
    count: u32,
}

impl Record for Wrong {
    fn is_live(&self) -> bool {
        self.last_s != 0
    }
    /// Those that came again are kept before those that came once.
    fn worth(&self, now_s: u32) -> u32 {
        u32::from(self.count > 1 && now_s.saturating_sub(self.last_s) < FORGOTTEN_AFTER_S)
    }
    fn last_seen_s(&self) -> u32 {
        self.last_s
    }
}

/// The wrong things of one shard. When full: forgets, and people are challenged.
pub struct Wrongs {
    table: Table<Wrong>,
}

impl Wrongs {
    /// An empty table.
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            table: Table::with_bytes(bytes),
        }
    }

    /// Asks for the keys where a wrong thing lies, before they are needed.
    pub fn prefetch_keys(&self, key: u64) {
        self.table.prefetch_keys(key);
    }

    /// Whether this wrong thing has come for a while.
    #[must_use]
    pub fn is_stale(&self, key: u64, now_s: u32, has_fingerprint: bool) -> bool {
        self.table.get(key, key).is_some_and(|wrong| {
            let lasts_s = wrong.last_s.max(now_s).saturating_sub(wrong.first_s);
            lasts_s >= STALE_AFTER_S
                && now_s.saturating_sub(wrong.last_s) < FORGOTTEN_AFTER_S
                && (has_fingerprint || lasts_s / wrong.count.max(1) >= SELDOM_S)
        })
    }

    /// Remembers it.
    pub fn count(&mut self, key: u64, now_s: u32) {
        let fresh = Wrong {
            first_s: now_s,
            last_s: now_s,
            count: 0,
        };
        let wrong = self.table.get_or_insert(key, key, fresh);
        if now_s.saturating_sub(wrong.last_s) >= FORGOTTEN_AFTER_S {
            *wrong = fresh;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last_s = wrong.last_s.max(now_s);
    }

    /// (bytes, live records, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        (self.table.bytes(), self.table.live(), self.table.evicted())
    }
}

impl Serialize for Wrongs {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.table.serialize(out)
    }
}

/// The table as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedWrongs(SparseTable<Wrong>);

impl Wrongs {
    pub(crate) fn adopt(&mut self, saved: SavedWrongs) -> bool {
        self.table.adopt(saved.0)
    }
}
