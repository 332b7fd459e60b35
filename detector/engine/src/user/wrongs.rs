//! The same wrong thing again: a program with an old password tries it from the same place for
//! hours or days. A thief tries another: the same one a third time tells nobody anything new. And a program that goes
//! on with a name from one address after another.

use crate::state::table::{Record, SparseTable, Table};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// From this long on it is a program that nobody looks after, rather than somebody who retries.
const STALE_AFTER_S: u32 = 45 * 60;
/// After this long a silence ends it.
const FORGOTTEN_AFTER_S: u32 = 36 * 3_600;
/// After this long without a new password those that were tried count by half.
const A_SITTING_S: u32 = 2 * 3_600;
/// Without a fingerprint the password may be another each time: only what comes this seldom counts.
const SELDOM_S: u32 = 100;

/// A password of which the fingerprint is known is the same again from the third time on: the second may still be a
/// tool that was not answered.
const THIRD_TIME: u32 = 2;

/// So many times over so long: a program that nobody looks after, wherever it is …
const MANY_TIMES: u32 = 6;
const A_MORNING_S: u32 = 3 * 3_600;
/// … which tries again when so long has passed.
const RARELY_S: u32 = 300;

/// Who has an old password sends that one, and tries some others. Where more were tried, it is one of a list
/// that goes round.
const SOME_PASSWORDS: u32 = 4;

/// How a stranger's program goes on with a name that it fails with, from one autonomous system, wherever it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Retries {
    /// It is no failed login, or name, program or autonomous system is not told.
    #[default]
    Untold,
    /// It failed seldom, or just now, or often in short.
    Few,
    /// A third time or more often, over 45 minutes or longer; 100 seconds apart or more on average, and now.
    Kept,
    /// A seventh time or more often, over three hours or longer; five minutes apart or more.
    Long,
}

/// A wrong attempt, as it is recognised when it comes again.
#[derive(Clone, Copy, Debug)]
pub struct WrongTry {
    /// The user, the network, and the password where its fingerprint is known.
    pub same: u64,
    /// The user and the network: how many passwords were tried.
    pub any: u64,
    /// The user, the password and the program, wherever it is: where the password's fingerprint is known.
    pub anywhere: Option<u64>,
    /// The password was right and the second factor wrong: another prompt each time, which somebody may yield to. Or it is a
    /// question: nobody knows yet.
    pub may_be_right: bool,
}

/// One wrong thing: a user, a network, and a password where its fingerprint is known; or how many passwords a
/// user was tried with from a network; or a program that goes on with a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
struct Wrong {
    first_s: u32,
    last_s: u32,
    count: u32,
}

impl Wrong {
    fn come(&mut self, now_s: u32) {
        self.count = self.count.saturating_add(1);
        self.last_s = self.last_s.max(now_s);
    }
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
    pub fn prefetch_keys(&self, wrong: &WrongTry) {
        self.table.prefetch_keys(wrong.same);
        self.table.prefetch_keys(wrong.any);
        if let Some(anywhere) = wrong.anywhere {
            self.table.prefetch_keys(anywhere);
        }
    }

    /// The same for a program that may go on with a name.
    pub fn prefetch_program(&self, program: u64) {
        self.table.prefetch_keys(program);
    }

    /// Whether this wrong thing has come for a while, or is the very same password a third time.
    #[must_use]
    pub fn is_stale(&self, wrong: &WrongTry, now_s: u32) -> bool {
        self.table.get(wrong.same, wrong.same).is_some_and(|same| {
            let lasts_s = same.last_s.max(now_s).saturating_sub(same.first_s);
            let silent_s = now_s.saturating_sub(same.last_s);
            let is_alike = if wrong.anywhere.is_some() {
                self.passwords(wrong, now_s) <= SOME_PASSWORDS
            } else {
                // A long pause is no leave for a burst of what may be right.
                let seldom = !wrong.may_be_right || silent_s >= SELDOM_S;
                seldom && lasts_s / same.count.max(1) >= SELDOM_S
            };
            let is_known = wrong.anywhere.is_some() && !wrong.may_be_right;
            (lasts_s >= STALE_AFTER_S || (is_known && same.count >= THIRD_TIME))
                && silent_s < FORGOTTEN_AFTER_S
                && is_alike
        })
    }

    /// How a program goes on with a name, by the key of both and of the autonomous system.
    #[must_use]
    pub fn retries(&self, program: u64, now_s: u32) -> Retries {
        let Some(before) = self.lately(program, now_s) else {
            return Retries::Few;
        };
        let silent_s = now_s.saturating_sub(before.last_s);
        let lasts_s = before.last_s.max(now_s).saturating_sub(before.first_s);
        // A long pause is no leave for a burst.
        let apart_s = (lasts_s / before.count.max(1)).min(silent_s);
        if before.count < THIRD_TIME || lasts_s < STALE_AFTER_S || apart_s < SELDOM_S {
            Retries::Few
        } else if before.count < MANY_TIMES || lasts_s < A_MORNING_S || apart_s < RARELY_S {
            Retries::Kept
        } else {
            Retries::Long
        }
    }

    /// Remembers that a program failed with a name.
    pub fn go_on(&mut self, program: u64, now_s: u32) {
        self.record(program, now_s).come(now_s);
    }

    /// How many passwords were tried for the user from there of late; 0 where nothing tells them apart.
    #[must_use]
    pub fn passwords(&self, wrong: &WrongTry, now_s: u32) -> u32 {
        let any = self.table.get(wrong.any, wrong.any);
        any.filter(|any| {
            wrong.anywhere.is_some() && now_s.saturating_sub(any.last_s) < FORGOTTEN_AFTER_S
        })
        .map_or(0, |any| any.count)
    }

    /// How often the same wrong password came for the user in the same program from other networks, for long enough
    /// to be a program on the move that nobody looks after.
    #[must_use]
    pub fn elsewhere(&self, wrong: &WrongTry, now_s: u32) -> u32 {
        let anywhere = wrong.anywhere.and_then(|key| self.lately(key, now_s));
        let lasting = anywhere.filter(|all| now_s.saturating_sub(all.first_s) >= STALE_AFTER_S);
        lasting.map_or(0, |all| {
            let here = self.lately(wrong.same, now_s).map_or(0, |here| here.count);
            all.count.saturating_sub(here)
        })
    }

    /// Remembers it.
    pub fn count(&mut self, wrong: &WrongTry, now_s: u32) {
        if let Some(anywhere) = wrong.anywhere {
            self.record(anywhere, now_s).come(now_s);
        }
        let same = self.record(wrong.same, now_s);
        same.come(now_s);
        if wrong.anywhere.is_some() && same.count == 1 {
            let any = self.record(wrong.any, now_s);
            if now_s.saturating_sub(any.last_s) >= A_SITTING_S {
                any.count /= 2;
            }
            any.come(now_s);
        }
    }

    /// The record of a key, where it was not silent for long.
    fn lately(&self, key: u64, now_s: u32) -> Option<&Wrong> {
        let found = self.table.get(key, key);
        found.filter(|wrong| now_s.saturating_sub(wrong.last_s) < FORGOTTEN_AFTER_S)
    }

    /// The record of a key; after a long silence a new one.
    fn record(&mut self, key: u64, now_s: u32) -> &mut Wrong {
        let fresh = Wrong {
            first_s: now_s,
            last_s: now_s,
            count: 0,
        };
        let wrong = self.table.get_or_insert(key, key, fresh);
        if now_s.saturating_sub(wrong.last_s) >= FORGOTTEN_AFTER_S {
            *wrong = fresh;
        }
        wrong
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
