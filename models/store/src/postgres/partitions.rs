//! The partitions of `verdicts`: a week each, made when a batch first has a verdict of that week.
//!
//! A row never waits for its partition: what has none lies in the default partition, and stays
//! there. Weeks begin on Monday, UTC; a partition's name says its first day.

use super::PostgresStore;
use crate::StoreError;
use credsieve_models::time::EpochMs;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

const DAY_MS: i64 = 86_400_000;

/// At most this many are made for one batch.
const MAX_NEW: usize = 16;

/// Held while partitions are made or dropped ("credsiev"), in the database's functions, and while rights are
/// granted: one process at a time.
pub(super) const LOCK: i64 = 0x6372_6564_7369_6576;

/// The weeks that need no more work: partitioned, or in the default partition for good.
#[derive(Debug, Default)]
pub(super) struct Partitions {
    settled: Mutex<HashSet<Week>>,
}

/// A week since the one that began on Monday, 1969-12-29.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Week(i64);

impl Week {
    fn of(ms: EpochMs) -> Self {
        Self((ms.div_euclid(DAY_MS) + 3).div_euclid(7))
    }

    /// The first day; `None` beyond the year 9999.
    fn first_day(self) -> Option<Date> {
        let days = self.0 * 7 - 3;
        let at = OffsetDateTime::from_unix_timestamp(days.checked_mul(86_400)?);
        at.ok().map(OffsetDateTime::date)
    }

    fn end_ms(self) -> EpochMs {
        ((self.0 + 1) * 7 - 3) * DAY_MS
    }

    /// The partition's name.
    #[cfg(test)]
    fn table(self) -> Option<String> {
        let form = format_description!("verdicts_[year][month][day]");
        self.first_day()?.format(&form).ok()
    }

    fn from_table(name: &str) -> Option<Self> {
        let form = format_description!("verdicts_[year][month][day]");
        let day = Date::parse(name, &form).ok()?;
        Some(Self::of(
            day.midnight().assume_utc().unix_timestamp() * 1_000,
        ))
    }
}

impl Partitions {
    fn unsettled(&self, times: impl Iterator<Item = EpochMs>) -> BTreeSet<Week> {
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let weeks = times.map(Week::of);
        weeks.filter(|week| !settled.contains(week)).collect()
    }

    fn settle(&self, week: Week) {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.insert(week);
    }

    fn forget(&self, week: Week) {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.remove(&week);
    }
}

impl PostgresStore {
    /// Makes the partitions that verdicts of these times lack, the newest weeks first. Before the
    /// write, and in transactions of its own: a write holds locks that this would wait for.
    pub(super) async fn ensure_partitions(
        &self,
        times: impl Iterator<Item = EpochMs>,
    ) -> Result<(), StoreError> {
        let missing = self.partitions.unsettled(times);
        for week in missing.into_iter().rev().take(MAX_NEW) {
            self.ensure_partition(week).await?;
            self.partitions.settle(week);
        }
        Ok(())
    }

    /// The database makes it, by a function of the schema's owner: this user may be another.
    async fn ensure_partition(&self, week: Week) -> Result<(), StoreError> {
        let next = Week(week.0 + 1);
        let (Some(first_day), Some(_)) = (week.first_day(), next.first_day()) else {
            return Ok(());
        };
        sqlx::query("SELECT make_verdicts_week($1)")
            .bind(first_day)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Drops the partitions that ended before an instant; answers how many verdicts went.
    pub(super) async fn drop_partitions(&self, before_ms: EpochMs) -> Result<u64, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'verdicts'::regclass",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut gone = 0;
        for week in names.iter().filter_map(|name| Week::from_table(name)) {
            let Some(first_day) = week.first_day().filter(|_| week.end_ms() <= before_ms) else {
                continue;
            };
            let count: i64 = sqlx::query_scalar("SELECT drop_verdicts_week($1)")
                .bind(first_day)
                .fetch_one(&self.writer)
                .await?;
            gone += count.unsigned_abs();
            self.partitions.forget(week);
        }
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_their_names_read_back() {
        let monday = 1_767_571_200_000; // 2026-01-05
        let week = Week::of(monday);
        assert_eq!(week.table().unwrap(), "verdicts_20260105");
        assert_eq!(Week::of(monday - 1), Week(week.0 - 1));
        assert_eq!(week.end_ms(), monday + 7 * DAY_MS);
        assert_eq!(Week::from_table("verdicts_20260105"), Some(week));
        assert_eq!(Week::of(0).table().unwrap(), "verdicts_19691229");
        assert_eq!(Week::from_table("verdicts_default"), None);
    }
}
