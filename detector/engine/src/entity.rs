//! The Entity room: what links many users: devices, tools, password fingerprints.
//!
//! Read on the way, written late: whether a user is new to a link is known in the user's shard
//! only, which sends first sights here. The Service room keeps ASNs in the same records.

use crate::delta::{Change, Link};
use crate::frame::Frame;
use crate::state::budget::Budget;
use crate::state::pairs::{FirstSight, PairFilter, SparseFilter};
use crate::state::table::{Record, SparseTable, Table, WAYS};
use crate::state::window::{Count, Distinct, MONTH_PANE_MS, SHORT_PANE_MS, Turn};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// Who failed with a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
pub struct LinkRecord {
    pane: i64,
    last_seen_s: u32,
    users: Distinct,
    failures: Count,
    /// Users who succeeded with it; saturates.
    owners: u16,
}

const _: () = assert!(size_of::<LinkRecord>() == 24);

impl Record for LinkRecord {
    /// Twice what it takes: a table holds as many links as when each took a cache line.
    const SET_BYTES: usize = 64 * WAYS;
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    fn worth(&self, now_s: u32) -> u32 {
        let idle_ms = i64::from(now_s.saturating_sub(self.last_seen_s)) * 1_000;
        let turn = Turn::between(0, idle_ms / SHORT_PANE_MS);
        let owners = if idle_ms < MONTH_PANE_MS {
            u32::from(self.owners)
        } else {
            0
        };
        u32::BITS - (self.users.read(turn) + owners).leading_zeros()
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

/// What a link looks like, in the short window, as of D ticks ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkFacts {
    /// Failures.
    pub failures: u32,
    /// Distinct users who failed.
    pub users: u32,
    /// Users who succeeded.
    pub owners: u32,
}

/// What the Entity room says about an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntityFacts {
    /// The device.
    pub device: LinkFacts,
    /// The tool.
    pub tool: LinkFacts,
    /// The password fingerprint.
    pub password: LinkFacts,
    /// Variants that the tried name has in common with those who logged in.
    pub near_names: u8,
}

/// A table of links with their windows: what Entity shards and the Service room are made of.
pub struct Links {
    table: Table<LinkRecord>,
}

impl Links {
    /// An empty table.
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            table: Table::with_bytes(bytes),
        }
    }

    /// Counts a failure.
    pub fn failed(&mut self, slot: u64, key: u64, pane: i64, sight: FirstSight) {
        let seen_s = u32::try_from((pane + 1) * SHORT_PANE_MS / 1_000).unwrap_or(u32::MAX);
        let fresh = LinkRecord {
            pane,
            last_seen_s: seen_s.max(1),
            ..LinkRecord::default()
        };
        let record = self.table.get_or_insert(slot, key, fresh);
        let turn = Turn::between(record.pane, pane);
        record.users.turn(turn);
        record.failures.turn(turn);
        record.users.add(turn, sight);
        record.failures.add(turn);
        record.pane = record.pane.max(pane);
        record.last_seen_s = record.last_seen_s.max(seen_s);
    }

    /// Counts a user who succeeded with it for the first time.
    pub fn owned(&mut self, slot: u64, key: u64, pane: i64) {
        let seen_s = u32::try_from((pane + 1) * SHORT_PANE_MS / 1_000).unwrap_or(u32::MAX);
        let fresh = LinkRecord {
            pane,
            last_seen_s: seen_s.max(1),
            ..LinkRecord::default()
        };
        let record = self.table.get_or_insert(slot, key, fresh);
        record.owners = record.owners.saturating_add(1);
        record.last_seen_s = record.last_seen_s.max(seen_s);
    }

    /// What is known about a link at a pane.
    #[must_use]
    pub fn facts(&self, slot: u64, key: u64, pane: i64) -> LinkFacts {
        self.table
            .get(slot, key)
            .map_or_else(LinkFacts::default, |record| {
                let turn = Turn::between(record.pane, pane);
                LinkFacts {
                    failures: record.failures.read(turn),
                    users: record.users.read(turn),
                    owners: u32::from(record.owners),
                }
            })
    }

    /// (bytes, live entities, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        (self.table.bytes(), self.table.live(), self.table.evicted())
    }
}

/// One shard of the Entity room.
pub struct EntityShard {
    devices: Links,
    tools: Links,
    passwords: Links,
    names: PairFilter,
}

/// Beyond this fill a filter takes strangers for acquaintances.
const TOO_FULL_PERMILLE: u32 = 500;

impl EntityShard {
    /// An empty shard.
    #[must_use]
    pub fn new(budget: &Budget) -> Self {
        Self {
            devices: Links::with_bytes(budget.links),
            tools: Links::with_bytes(budget.links),
            passwords: Links::with_bytes(budget.links),
            names: PairFilter::with_bytes(budget.names),
        }
    }

    /// What is known about one link. Keys are keyed hashes, so they are their own slots.
    #[must_use]
    pub fn facts(&self, link: Link, key: u64, pane: i64) -> LinkFacts {
        self.links(link)
            .map_or_else(LinkFacts::default, |links| links.facts(key, key, pane))
    }

    /// Asks for the keys where a link lies, before they are needed.
    pub fn prefetch_keys(&self, link: Link, key: u64) {
        if let Some(links) = self.links(link) {
            links.table.prefetch_keys(key);
        }
    }

    /// Asks for the record of a link, whose keys were asked for earlier.
    pub fn prefetch_record(&self, link: Link, key: u64) {
        if let Some(links) = self.links(link) {
            links.table.prefetch_record(key, key);
        }
    }

    /// Asks for the place of a variant of a name, before it is needed.
    pub fn prefetch_name(&self, variant: u64) {
        self.names.prefetch(variant);
    }

    fn links(&self, link: Link) -> Option<&Links> {
        match link {
            Link::Device => Some(&self.devices),
            Link::Tool => Some(&self.tools),
            Link::Password => Some(&self.passwords),
            Link::Asn => None,
        }
    }

    /// Whether somebody who logged in has this variant of a name.
    #[must_use]
    pub fn has_name(&self, variant: u64, pane: i64) -> bool {
        self.names.fill_permille() < TOO_FULL_PERMILLE && self.names.contains(variant, pane)
    }

    /// Remembers a variant of the name of somebody who logged in.
    pub fn learn_name(&mut self, variant: u64, pane: i64) {
        self.names.insert(variant, pane);
    }

    /// Applies a late write.
    pub fn apply(&mut self, change: &Change) {
        if let Change::Failed {
            link,
            key,
            pane,
            sight,
        } = *change
        {
            match link {
                Link::Device => self.devices.failed(key, key, pane, sight),
                Link::Tool => self.tools.failed(key, key, pane, sight),
                Link::Password => self.passwords.failed(key, key, pane, sight),
                Link::Asn => {}
            }
        }
        if let Change::Owned { link, key, pane } = *change {
            match link {
                Link::Device => self.devices.owned(key, key, pane),
                Link::Password => self.passwords.owned(key, key, pane),
                Link::Tool | Link::Asn => {}
            }
        }
    }

    /// (bytes, live entities, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        [&self.devices, &self.tools, &self.passwords]
            .iter()
            .map(|links| links.usage())
            .fold((self.names.bytes(), 0, 0), |a, b| {
                (a.0 + b.0, a.1 + b.1, a.2 + b.2)
            })
    }
}

/// The links of an attempt, with their keys.
pub fn links_of(frame: &Frame) -> impl Iterator<Item = (Link, u64)> {
    [
        frame.device.map(|key| (Link::Device, key)),
        frame.tool.map(|key| (Link::Tool, key)),
        frame.password.map(|key| (Link::Password, key)),
        frame.asn.map(|asn| (Link::Asn, u64::from(asn))),
    ]
    .into_iter()
    .flatten()
}

impl Serialize for Links {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.table.serialize(out)
    }
}

/// A table as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedLinks(SparseTable<LinkRecord>);

impl Links {
    pub(crate) fn adopt(&mut self, saved: SavedLinks) -> bool {
        self.table.adopt(saved.0)
    }
}

impl Serialize for EntityShard {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (&self.devices, &self.tools, &self.passwords, &self.names).serialize(out)
    }
}

/// A shard as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedEntity(SavedLinks, SavedLinks, SavedLinks, SparseFilter);

impl EntityShard {
    pub(crate) fn adopt(&mut self, saved: SavedEntity) -> bool {
        self.devices.adopt(saved.0)
            && self.tools.adopt(saved.1)
            && self.passwords.adopt(saved.2)
            && self.names.adopt(saved.3)
    }
}
