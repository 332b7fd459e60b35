//! The view: what is known about one entity, for a person who looks.

use crate::delta::Link;
use crate::engine::Engine;
use crate::entity::LinkFacts;
use crate::frame::Frame;
use crate::judgement::Judgement;
use crate::now::Now;
use crate::place::PlaceFacts;
use crate::score::{self, Familiarity};
use crate::shard::{Route, of_hash};
use crate::signals;
use crate::source::Spots;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Decision, Measure, Reason, Score};
use credsieve_models::{Address, Entity};
use std::net::{IpAddr, Ipv4Addr};

/// What is known about an entity now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityView {
    /// The entity.
    pub entity: Entity,
    /// Live counters: name, window, value.
    pub counters: Vec<(&'static str, &'static str, u64)>,
    /// The score of an attempt about which nothing else is known.
    pub score: Score,
    /// What such an attempt would get.
    pub decision: Decision,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Engine {
    /// What is known about an entity; `None` where nothing is.
    #[must_use]
    pub fn entity(&self, entity: Entity, now_ms: EpochMs) -> Option<EntityView> {
        let now_ms = now_ms.max(self.watermark_ms());
        let now = Now::new(now_ms, now_ms);
        let frame = frame_about(entity);
        let counters = self.counters(entity, &frame, now)?;
        let Judgement { mut reasons, .. } = self.peek(&frame, now_ms);
        // The frame needs an address: what is known about that one does not belong here. What was decided by hand about an address may
        // name its network.
        let is_address = matches!(entity, Entity::Ip(_));
        reasons.retain(|reason| {
            reason.entity == entity || (is_address && reason.measure == Measure::Listed)
        });
        let shared = counters.iter().any(|(name, _, n)| {
            *name == GOOD_USERS && *n >= u64::from(self.policy.standing.shared_users)
        });
        reasons.push(signals::stranger(frame.lane()));
        let decided = score::decide(&self.policy, &reasons, Familiarity::Unfamiliar, shared);
        Some(EntityView {
            entity,
            counters,
            score: decided.score,
            decision: decided.decision,
            reasons,
        })
    }

    fn counters(
        &self,
        entity: Entity,
        frame: &Frame,
        now: Now,
    ) -> Option<Vec<(&'static str, &'static str, u64)>> {
        let route = Route::of(frame, &self.hasher, self.budget.shards);
        let spots = Spots::of(frame, &self.hasher);
        let links = |key: u64| &self.entities[of_hash(key, self.budget.shards)];
        let of_links =
            |facts: LinkFacts| (facts != LinkFacts::default()).then(|| link_counters(facts));
        match entity {
            Entity::Ip(_) => self.sources[route.source]
                .place(&spots, None, now)
                .map(place_counters),
            Entity::Net(prefix) => self.sources[route.source]
                .place(&spots, Some(prefix), now)
                .map(place_counters),
            Entity::Country(_) => None,
            Entity::Asn(asn) => of_links(self.service.facts(Some(asn), now.pane()).asn),
            Entity::Device(key) => of_links(links(key).facts(Link::Device, key, now.pane())),
            Entity::Tool(key) => of_links(links(key).facts(Link::Tool, key, now.pane())),
            Entity::Password(key) => of_links(links(key).facts(Link::Password, key, now.pane())),
            Entity::Lane(lane) => {
                let at_s = i64::from(now.watermark_s());
                let prior = self.policy.decision.prior.0.0;
                let facts = self.service.lanes().facts(lane, at_s, prior);
                Some(vec![
                    ("strangers", "10m", u64::from(facts.strangers)),
                    ("expected", "10m", u64::from(facts.expected)),
                ])
            }
            Entity::User(key) => {
                let facts = self.users[route.user].user(frame, now)?;
                let devices = self.known_devices(key).len() as u64;
                Some(vec![
                    (
                        "failing_addresses",
                        "30m",
                        u64::from(facts.failing_addresses),
                    ),
                    ("failing_asns", "30m", u64::from(facts.failing_asns)),
                    (
                        "failing_countries",
                        "30m",
                        u64::from(facts.failing_countries),
                    ),
                    ("known_devices", "now", devices),
                    ("logins", "now", u64::from(facts.logins)),
                ])
            }
        }
    }
}

const GOOD_USERS: &str = "good_users";

fn place_counters(facts: PlaceFacts) -> Vec<(&'static str, &'static str, u64)> {
    vec![
        ("attempts", "10m", u64::from(facts.attempts)),
        ("failures", "10m", u64::from(facts.failures)),
        ("failures", "15m", u64::from(facts.short_failures)),
        (
            "unknown_user_failures",
            "15m",
            u64::from(facts.short_unknown),
        ),
        ("distinct_users", "15m", u64::from(facts.short_users)),
        ("failures", "24h", u64::from(facts.day_failures)),
        ("distinct_users", "24h", u64::from(facts.day_users)),
        (GOOD_USERS, "30d", u64::from(facts.good_users)),
    ]
}

fn link_counters(facts: LinkFacts) -> Vec<(&'static str, &'static str, u64)> {
    vec![
        ("failures", "15m", u64::from(facts.failures)),
        ("distinct_users", "15m", u64::from(facts.users)),
    ]
}

/// An attempt about which nothing but the entity is known.
fn frame_about(entity: Entity) -> Frame {
    let nowhere = Address::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let address = match entity {
        Entity::Ip(address) => address,
        Entity::Net(prefix) => Address::from_packed(prefix.packed()),
        _ => nowhere.expect("an IPv4 address is an address"),
    };
    let mut frame = Frame::about(address);
    match entity {
        Entity::Ip(_) | Entity::Net(_) | Entity::Lane(_) => {}
        Entity::Country(country) => frame.country = Some(country),
        Entity::Asn(asn) => frame.asn = Some(asn),
        Entity::Device(key) => frame.device = Some(key),
        Entity::User(key) => frame.user = Some(key),
        Entity::Tool(key) => frame.tool = Some(key),
        Entity::Password(key) => frame.password = Some(key),
    }
    frame
}
