//! Campaigns: flagged attempts that belong together, because they share a source, a device, a
//! password or a tool that people do not use. They name what belongs together, within a tenant, and
//! add no weight to a verdict: what members share weighs through their addresses, networks, passwords,
//! tools and patterns. Else one wrong member would pull in the next.
//!
//! A campaign is a candidate until enough of it is seen, and is over after half an hour of silence.
//! There are few at a time; when there is no room for another, the one that was silent longest and
//! is smallest goes (its members are forgotten: attackers are missed).

mod distinct;
mod slot;

use crate::state::table::{Record, SparseTable, Table};
use bytemuck::Zeroable;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::key::Domain;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, CampaignId};
use credsieve_models::{Address, Entity, KeyHasher};
use serde::{Deserialize, Serialize};
use slot::Slot;

/// Campaigns and candidates at once.
const SLOTS: usize = 32;
/// From so many attempts by so many users, or so many attempts, a candidate is a campaign.
const OPENS_AT: (u64, u64) = (10, 5);
const OPENS_ANYHOW_AT: u64 = 30;
/// Silence that ends it, in seconds.
const SILENCE_S: u32 = 1_800;

/// A flagged attempt, as campaigns see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// When.
    pub time_ms: EpochMs,
    /// The watermark in seconds.
    pub at_s: u32,
    /// The kind of attack that was named.
    pub attack: Attack,
    /// The tenant's hash.
    pub tenant: u64,
    /// The packed address.
    pub address: u64,
    /// The autonomous system; 0 is none.
    pub asn: u32,
    /// The user; 0 is none. So with everything below.
    pub user: u64,
    /// The device.
    pub device: u64,
    /// The password.
    pub password: u64,
    /// The tool.
    pub tool: u64,
    /// It succeeded: the account fell.
    pub fell: bool,
}

/// What an attempt can share with a campaign: the entity, how strongly it ties, in votes.
fn ties(member: &Member, telling_tool: bool) -> impl Iterator<Item = (Entity, u32)> {
    let address = Address::from_packed(member.address);
    let named = |key: u64, entity: fn(u64) -> Entity| (key != 0).then(|| entity(key));
    [
        Some((Entity::Ip(address), 3)),
        named(member.device, Entity::Device).map(|e| (e, 3)),
        named(member.password, Entity::Password).map(|e| (e, 3)),
        Some((Entity::Net(address.near()), 2)),
        named(member.tool, Entity::Tool)
            .filter(|_| telling_tool)
            .map(|e| (e, 2)),
        named(member.user, Entity::User).map(|e| (e, 1)),
    ]
    .into_iter()
    .flatten()
}

/// Keys of what an attempt can share, with the entity and its votes.
type Ties = [Option<(u64, Entity, u32)>; 6];

/// A value that belongs to a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
struct Tie {
    last_s: u32,
    slot: u16,
    generation: u16,
    attempts: u32,
}

impl Record for Tie {
    fn is_live(&self) -> bool {
        self.last_s != 0
    }
    fn worth(&self, now_s: u32) -> u32 {
        if now_s.saturating_sub(self.last_s) < SILENCE_S {
            u32::BITS - self.attempts.leading_zeros()
        } else {
            0
        }
    }
    fn last_seen_s(&self) -> u32 {
        self.last_s
    }
}

/// The campaigns of the service.
pub struct Campaigns {
    ties: Table<Tie>,
    slots: Vec<Option<Slot>>,
    generation: u16,
    swept_min: u32,
}

impl Campaigns {
    /// No campaigns.
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            ties: Table::with_bytes(bytes),
            slots: vec![None; SLOTS],
            generation: 0,
            swept_min: 0,
        }
    }

    /// Counts a flagged attempt. `telling_tool`: people hardly use its tool. What opens or grows is
    /// appended to `out`.
    pub fn count(
        &mut self,
        hasher: &KeyHasher,
        member: &Member,
        telling_tool: bool,
        out: &mut Vec<Campaign>,
    ) {
        let ties = self.ties_of(hasher, member, telling_tool);
        let index = self
            .find(&ties, member.at_s)
            .or_else(|| self.like_it(member))
            .unwrap_or_else(|| self.begin(hasher, member));
        let Some(slot) = self.slots[index].as_mut() else {
            return;
        };
        slot.count(member);
        let generation = slot.generation;
        for (key, entity, _) in ties.into_iter().flatten() {
            let fresh = Tie {
                last_s: member.at_s.max(1),
                slot: u16::try_from(index).unwrap_or(0),
                generation,
                attempts: 0,
            };
            let tie = self.ties.get_or_insert(key, key, fresh);
            if (tie.slot, tie.generation) != (fresh.slot, generation) {
                *tie = fresh;
            }
            // A sketch takes long to be told what it knows.
            if tie.attempts == 0 {
                slot.count_distinct(entity);
            }
            tie.last_s = tie.last_s.max(fresh.last_s);
            tie.attempts += 1;
            slot.note(entity, tie.attempts);
        }
        let opens = slot.attempts >= OPENS_ANYHOW_AT
            || (slot.attempts >= OPENS_AT.0 && u64::from(slot.users.count()) >= OPENS_AT.1);
        if !slot.opened && opens {
            (slot.opened, slot.told_at) = (true, slot.attempts);
            out.push(slot.state(Phase::Opened, None));
        } else if slot.opened && slot.attempts >= 2 * slot.told_at {
            slot.told_at = slot.attempts;
            out.push(slot.state(Phase::Growing, None));
        }
    }

    /// Ends what has been silent. Looks once a minute.
    pub fn sweep(&mut self, now_ms: EpochMs, out: &mut Vec<Campaign>) {
        let now_s = u32::try_from(now_ms / 1_000).unwrap_or(u32::MAX);
        if now_s / 60 == self.swept_min {
            return;
        }
        self.swept_min = now_s / 60;
        for place in &mut self.slots {
            if place
                .as_ref()
                .is_some_and(|slot| now_s.saturating_sub(slot.last_s) >= SILENCE_S)
                && let Some(mut slot) = place.take()
                && slot.opened
            {
                out.push(slot.state(Phase::Closed, Some(now_ms)));
            }
        }
    }

    /// The open campaign that an attempt belongs to, with how strongly it is tied and how many
    /// attempts it has.
    #[must_use]
    pub fn of(&self, hasher: &KeyHasher, member: &Member, telling_tool: bool) -> Option<Found> {
        let ties = self.ties_of(hasher, member, telling_tool);
        let index = self
            .find(&ties, member.at_s)
            .or_else(|| self.like_it(member))?;
        let slot = self.slots[index].as_ref()?;
        slot.opened.then_some(Found {
            id: CampaignId(slot.id),
            attempts: slot.attempts,
        })
    }

    /// What an attempt can share with a campaign, each with its key; all keys are asked for at once, since
    /// no cache holds them.
    fn ties_of(&self, hasher: &KeyHasher, member: &Member, telling_tool: bool) -> Ties {
        let mut found = Ties::default();
        for (place, (entity, votes)) in found.iter_mut().zip(ties(member, telling_tool)) {
            let key = tie_key(hasher, member.tenant, entity);
            self.ties.prefetch_keys(key);
            *place = Some((key, entity, votes));
        }
        found
    }

    /// The slot with the most votes.
    fn find(&self, ties: &Ties, at_s: u32) -> Option<usize> {
        let mut votes = [0u32; SLOTS];
        for (key, _, weight) in ties.iter().flatten() {
            if let Some(tie) = self.ties.get(*key, *key)
                && at_s.saturating_sub(tie.last_s) < SILENCE_S
                && let Some(slot) = self
                    .slots
                    .get(usize::from(tie.slot))
                    .and_then(Option::as_ref)
                && slot.generation == tie.generation
            {
                votes[usize::from(tie.slot)] += weight;
            }
        }
        let best = (0..SLOTS).max_by_key(|slot| (votes[*slot], std::cmp::Reverse(*slot)))?;
        (votes[best] > 0).then_some(best)
    }

    /// Nothing is shared but the aim: what goes through thousands of sources is one campaign by its
    /// kind, the largest.
    fn like_it(&self, member: &Member) -> Option<usize> {
        // The sweep ends what is over when the stream goes on; a question may come before it.
        let alike = |slot: &Slot| {
            member.at_s.saturating_sub(slot.last_s) < SILENCE_S
                && slot.attack() == member.attack
                && slot.tenant == Some(member.tenant)
        };
        let all = self.slots.iter().enumerate();
        all.filter_map(|(n, slot)| Some((n, slot.as_ref()?)))
            .filter(|(_, slot)| alike(slot))
            .max_by_key(|(n, slot)| (slot.attempts, std::cmp::Reverse(*n)))
            .map(|(n, _)| n)
    }

    fn begin(&mut self, hasher: &KeyHasher, member: &Member) -> usize {
        let free = (0..SLOTS)
            .min_by_key(|n| {
                self.slots[*n].as_ref().map_or((0, 0, 0), |slot| {
                    (1 + u8::from(slot.opened), slot.last_s, slot.attempts)
                })
            })
            .expect("there are slots");
        self.generation = self.generation.wrapping_add(1);
        let id = hasher.hash128(
            Domain::Campaign,
            &[
                &member.time_ms.to_le_bytes(),
                &member.address.to_le_bytes(),
                &member.user.to_le_bytes(),
                &self.generation.to_le_bytes(),
            ],
        );
        self.slots[free] = Some(Slot::begun_by(member, id, self.generation));
        free
    }

    /// (bytes, live ties, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        (self.ties.bytes(), self.ties.live(), self.ties.evicted())
    }
}

/// A campaign that an attempt belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: CampaignId,
    /// Its attempts.
    pub attempts: u64,
}

fn tie_key(hasher: &KeyHasher, tenant: u64, entity: Entity) -> u64 {
    let (dimension, key) = match entity {
        Entity::Ip(address) => (1, address.packed()),
        Entity::Net(prefix) => (2 + u64::from(prefix.len()) * 16, prefix.packed()),
        Entity::Device(key) => (3, key),
        Entity::Password(key) => (4, key),
        Entity::Tool(key) => (5, key),
        Entity::User(key) => (6, key),
        Entity::Asn(asn) => (7, u64::from(asn)),
        Entity::Lane(lane) => (8, lane as u64),
        Entity::Country(country) => (9, u64::from(u16::from_be_bytes(country))),
    };
    hasher.hash_words(Domain::Campaign, key, tenant ^ dimension)
}

impl Serialize for Campaigns {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        // A sketch keeps what came last in a set without order; counting folds it in. So the same
        // state has the same bytes.
        let mut slots = self.slots.clone();
        slots.iter_mut().flatten().for_each(Slot::fold);
        (&self.ties, &slots, self.generation, self.swept_min).serialize(out)
    }
}

/// The campaigns as they are read back.
#[derive(Deserialize)]
pub(crate) struct SavedCampaigns(SparseTable<Tie>, Vec<Option<Slot>>, u16, u32);

impl Campaigns {
    pub(crate) fn adopt(&mut self, saved: SavedCampaigns) -> bool {
        let fits = saved.1.len() == SLOTS && self.ties.adopt(saved.0);
        self.slots = saved.1;
        (self.generation, self.swept_min) = (saved.2, saved.3);
        fits
    }
}

#[cfg(test)]
#[path = "campaigns_tests.rs"]
mod tests;
