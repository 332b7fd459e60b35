//! The budget: how the memory that the policy allows is cut among shards and tables.
//!
//! Everything is given its size at the start and never grows, so the state cannot exceed the
//! budget, whatever comes in. Full structures forget; each says in which direction that errs.

use super::repeats::Repeats;
use crate::delta::{Change, Lesson, Queue};
use crate::service::Service;
use crate::user::Watched;
use credsieve_models::policy::State;

/// Bytes of one shard's structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Shards of a room.
    pub shards: u32,
    /// Repeats remembered over all shards.
    pub repeats: u32,
    /// Addresses. When full: forgets those with few partners (misses attackers).
    pub addresses: usize,
    /// /24 and /56. When full: says nothing about them.
    pub near: usize,
    /// /20 and /48. When full: says nothing about them.
    pub wide: usize,
    /// First sights of (address or network, user) in the short window. When full: counts low.
    pub source_short: usize,
    /// The same for a day.
    pub source_day: usize,
    /// First sights of (address, user who succeeded) in a month. When full: standing comes out
    /// low, people are challenged.
    pub source_month: usize,
    /// Devices, tools and password fingerprints, each. When full: misses attackers.
    pub links: usize,
    /// Names that are near to those who logged in. When full: people are challenged.
    pub names: usize,
    /// Users. When full: forgets those without a success first (misses who is under fire).
    pub users: usize,
    /// First sights of (user, device, tool, password or ASN). When full: counts low.
    pub user_short: usize,
    /// Wrong things that come again. When full: people are challenged.
    pub wrongs: usize,
    /// Attempts that are watched, to be scored again. When full: misses thieves.
    pub watched: usize,
    /// ASNs and other values, one table for all. When full: says nothing about them.
    pub asns: usize,
    /// What ties campaigns together, one table for all. When full: misses attackers.
    pub ties: usize,
    /// Changes that a shard may send in a tick; later ones are dropped and counted.
    pub changes_a_tick: usize,
    /// Lessons that a shard may send in a tick, likewise.
    pub lessons_a_tick: usize,
}

/// However little memory there is, what one attempt teaches fits into a tick.
const LEAST_CHANGES: usize = 8;
const LEAST_LESSONS: usize = 2;

/// Ticks whose late writes can wait at once: the current one and the one before, since older ones
/// are in force.
pub const PENDING_TICKS: usize = 2;

impl Budget {
    /// Cuts the policy's memory.
    ///
    /// # Panics
    /// Never: a policy allows at most a terabyte.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let total = usize::try_from(u64::from(state.memory_mib) << 20).expect("64-bit sizes");
        let shards = state.shards as usize;
        let repeats = Repeats::new(0, 1).bytes() * shards
            + state.repeats as usize * Repeats::BYTES_AN_ID * 5 / 4;
        let rest = total
            .saturating_sub(repeats)
            .saturating_sub(Service::FIXED_BYTES)
            .saturating_sub(shards * LEAST_LATE_BYTES);
        let percent = |share: usize| rest / 100 * share / shards;
        Self {
            shards: state.shards,
            repeats: state.repeats,
            addresses: percent(17),
            near: percent(8),
            wide: percent(4),
            source_short: percent(8),
            source_day: percent(6),
            source_month: percent(4),
            links: percent(5),
            names: percent(3),
            users: percent(18),
            wrongs: percent(2),
            watched: percent(4) / Watched::BYTES,
            user_short: percent(4),
            asns: percent(1) * shards,
            ties: percent(1) * shards,
            // A stranger's failure sends five changes and a lesson: these take about as much room. A success that is scored
            // again sends one more; after a hole in the log all that are watched may do so in one tick.
            changes_a_tick: LEAST_CHANGES + percent(3) / CHANGES_BYTES,
            lessons_a_tick: LEAST_LESSONS + percent(2) / LESSONS_BYTES,
        }
    }
}

/// Bytes of a change that may be sent in a tick, and of a lesson.
const CHANGES_BYTES: usize = PENDING_TICKS * Queue::<Change>::BYTES;
const LESSONS_BYTES: usize = PENDING_TICKS * Queue::<Lesson>::BYTES;
const LEAST_LATE_BYTES: usize = LEAST_CHANGES * CHANGES_BYTES + LEAST_LESSONS * LESSONS_BYTES;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::LinkRecord;
    use crate::place::Place;
    use crate::state::table::{Record, WAYS};
    use crate::user::UserRecord;

    /// The bytes of one shard's table.
    type Share = fn(&Budget) -> usize;

    /// A number as the guide to sizing has it: three digits that count.
    fn short(number: usize) -> String {
        match number {
            0..1_000_000 => format!("{},000", (number + 500) / 1_000),
            1_000_000..10_000_000 => {
                let hundredths = (number + 5_000) / 10_000;
                format!("{}.{:02} M", hundredths / 100, hundredths % 100)
            }
            _ => {
                let tenths = (number + 50_000) / 100_000;
                format!("{}.{} M", tenths / 10, tenths % 10)
            }
        }
    }

    /// `cargo test -p credsieve-engine --lib sizing -- --nocapture` prints the rows.
    #[test]
    fn the_guide_to_sizing_has_the_sizes_that_the_budget_gives() {
        let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sizing.md");
        let guide = std::fs::read_to_string(guide).expect("the guide is there");
        let budgets = [256, 1_024, 4_096].map(|memory_mib| {
            Budget::of(&State {
                memory_mib,
                shards: 64,
                repeats: 1_000_000,
            })
        });
        let records = |set_bytes: usize| move |bytes: usize| bytes / set_bytes * WAYS;
        let (user, place) = (UserRecord::SET_BYTES, Place::SET_BYTES);
        let link = LinkRecord::SET_BYTES;
        // Twelve bits a pair, of 224 that a line of 64 bytes has for a pane.
        let pairs = |bytes: usize| bytes / 64 * 224 / 12;
        let row = |what: &str, each: String, holds: &dyn Fn(usize) -> usize, of: Share| {
            let sizes = budgets.map(|budget| short(holds(of(&budget)) * 64));
            let end = format!("| {each} | {} |", sizes.join(" | "));
            println!("| {what} {end}");
            let row = guide
                .lines()
                .find(|line| line.starts_with(&format!("| {what}")));
            assert!(row.is_some_and(|row| row.contains(&end)), "{what} {end}");
        };
        let tables: [(&str, usize, Share); 5] = [
            ("users |", user, |b| b.users),
            ("addresses |", place, |b| b.addresses),
            ("/24 and /56", place, |b| b.near),
            ("/20 and /48", place, |b| b.wide),
            ("devices; tools;", link, |b| b.links),
        ];
        for (what, set_bytes, of) in tables {
            let each = (set_bytes / WAYS).to_string();
            row(what, each, &records(set_bytes), of);
        }
        let filters: [(&str, Share); 5] = [
            ("pairs in 15 minutes", |b| b.source_short),
            ("the same in a day", |b| b.source_day),
            ("who succeeded where", |b| b.source_month),
            ("(user, device,", |b| b.user_short),
            ("names that are near", |b| b.names),
        ];
        for (what, of) in filters {
            row(what, "3.4".to_owned(), &pairs, of);
        }
        row(
            "wrong things that come again",
            "24".to_owned(),
            &records(24 * WAYS),
            |b| b.wrongs,
        );
    }
}
