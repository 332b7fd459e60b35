//! One campaign or candidate: what was counted in it, and how it is told.

use super::Member;
use super::distinct::Distinct;
use credsieve_models::Entity;
use credsieve_models::campaign::{Campaign, MAX_MEMBERS, Phase};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, CampaignId};
use serde::{Deserialize, Serialize};

/// One campaign, or a candidate.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) id: u128,
    pub(super) generation: u16,
    pub(super) opened: bool,
    pub(super) tenant: Option<u64>,
    by_attack: [u32; Attack::ALL.len()],
    first_ms: EpochMs,
    last_ms: EpochMs,
    pub(super) last_s: u32,
    pub(super) attempts: u64,
    pub(super) told_at: u64,
    fell: u32,
    addresses: Distinct,
    networks: Distinct,
    pub(super) users: Distinct,
    tools: Distinct,
    passwords: Distinct,
    /// The entities that tie most of it together, with their attempts.
    strongest: Vec<(Entity, u32)>,
    /// The fewest attempts of one of these.
    weakest: u32,
}

impl Slot {
    /// A candidate that nothing is counted in yet.
    pub(super) fn begun_by(member: &Member, id: u128, generation: u16) -> Self {
        Self {
            id,
            generation,
            opened: false,
            tenant: Some(member.tenant),
            by_attack: Default::default(),
            first_ms: member.time_ms,
            last_ms: member.time_ms,
            last_s: member.at_s,
            attempts: 0,
            told_at: 0,
            fell: 0,
            addresses: Distinct::new(),
            networks: Distinct::new(),
            users: Distinct::new(),
            tools: Distinct::new(),
            passwords: Distinct::new(),
            strongest: Vec::new(),
            weakest: 0,
        }
    }

    pub(super) fn attack(&self) -> Attack {
        let most = (0..Attack::ALL.len()).max_by_key(|kind| self.by_attack[*kind]);
        most.map_or(Attack::None, |kind| Attack::ALL[kind])
    }

    pub(super) fn count(&mut self, member: &Member) {
        self.by_attack[member.attack as usize] += 1;
        self.first_ms = self.first_ms.min(member.time_ms);
        self.last_ms = self.last_ms.max(member.time_ms);
        self.last_s = self.last_s.max(member.at_s);
        self.attempts += 1;
        self.fell += u32::from(member.fell);
        if self.tenant != Some(member.tenant) && self.attempts > 1 {
            self.tenant = None;
        }
        // What few attacks have much of; the rest is counted by what ties it.
        self.tools.insert(member.tool);
    }

    /// Counts an entity that was not in the campaign.
    pub(super) fn count_distinct(&mut self, entity: Entity) {
        match entity {
            Entity::Ip(address) => self.addresses.insert(address.packed()),
            Entity::Net(network) => self.networks.insert(network.packed()),
            Entity::Password(key) => self.passwords.insert(key),
            Entity::User(key) => self.users.insert(key),
            _ => {}
        }
    }

    pub(super) fn fold(&mut self) {
        for sketch in [
            &mut self.addresses,
            &mut self.networks,
            &mut self.users,
            &mut self.tools,
            &mut self.passwords,
        ] {
            sketch.count();
        }
    }

    pub(super) fn note(&mut self, entity: Entity, attempts: u32) {
        let full = self.strongest.len() == MAX_MEMBERS;
        if full && attempts <= self.weakest {
            return;
        }
        let known = self.strongest.iter_mut().find(|(e, _)| *e == entity);
        if let Some((_, count)) = known {
            *count = attempts.max(*count);
        } else if self.strongest.len() < MAX_MEMBERS {
            self.strongest.push((entity, attempts));
        } else if let Some(weakest) = self.strongest.iter_mut().min_by_key(|(_, count)| *count)
            && weakest.1 < attempts
        {
            *weakest = (entity, attempts);
        }
        let counts = self.strongest.iter().map(|(_, count)| *count);
        self.weakest = counts.min().unwrap_or(0);
    }

    pub(super) fn state(&mut self, phase: Phase, closed_at_ms: Option<EpochMs>) -> Campaign {
        let mut members = self.strongest.clone();
        members.sort_by_key(|(entity, attempts)| (std::cmp::Reverse(*attempts), *entity));
        Campaign {
            id: CampaignId(self.id),
            tenant: self.tenant.map(|hash| format!("~{hash:016x}")),
            phase,
            attack: self.attack(),
            opened_at_ms: self.first_ms,
            last_at_ms: self.last_ms,
            closed_at_ms,
            attempts: self.attempts,
            addresses: self.addresses.count(),
            networks: self.networks.count(),
            users: self.users.count(),
            tools: self.tools.count(),
            passwords: self.passwords.count(),
            accounts: self.fell,
            members: members.into_iter().map(|(entity, _)| entity).collect(),
        }
    }
}
