//! The trail of what people did by hand: keys, list entries, reviews.
//!
//! An act is written in the transaction of what it tells of: neither is there without the other. The
//! trail is only added to. It holds no key and no secret, and of a list entry about a user or a device the
//! same hash that stands in reasons, since the trail stays when the entry is gone.

use crate::{KeyRecord, Review};
use credsieve_models::KeyHasher;
use credsieve_models::lists::ListEntry;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::SessionId;
use serde::Serialize;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// An API key was made.
    KeyCreated,
    /// An API key was revoked.
    KeyRevoked,
    /// A list entry was added.
    ListEntryCreated,
    /// A list entry was changed.
    ListEntryChanged,
    /// A list entry was removed.
    ListEntryRemoved,
    /// A session was reviewed.
    SessionReviewed,
}

impl ActKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::KeyCreated,
        Self::KeyRevoked,
        Self::ListEntryCreated,
        Self::ListEntryChanged,
        Self::ListEntryRemoved,
        Self::SessionReviewed,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyCreated => "key_created",
            Self::KeyRevoked => "key_revoked",
            Self::ListEntryCreated => "list_entry_created",
            Self::ListEntryChanged => "list_entry_changed",
            Self::ListEntryRemoved => "list_entry_removed",
            Self::SessionReviewed => "session_reviewed",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn thing(self) -> &'static str {
        match self {
            Self::KeyCreated | Self::KeyRevoked => "key",
            Self::ListEntryCreated | Self::ListEntryChanged | Self::ListEntryRemoved => {
                "list_entry"
            }
            Self::SessionReviewed => "session",
        }
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name of the key, or `command line`.
    pub name: String,
    /// The key's id, its public part: names need not be unique. `None` on the command line.
    pub key_id: Option<String>,
}

impl Actor {
    /// Whoever runs `credsieve` and can open the store.
    #[must_use]
    pub fn command_line() -> Self {
        Self {
            name: "command line".to_owned(),
            key_id: None,
        }
    }
}

/// What somebody did.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// When, by the clock of the process.
    #[serde(rename = "at", with = "credsieve_models::time::rfc3339")]
    pub at_ms: EpochMs,
    /// The name of the key that acted, or `command line`.
    pub actor: String,
    /// The id of that key.
    pub key_id: Option<String>,
    /// What was done.
    pub act: ActKind,
    /// To what: `key:…`, `list_entry:…` or `session:…`, with the id.
    pub subject: String,
    /// What stood there before, in short; of a list entry its JSON.
    pub old: Option<String>,
    /// What stands there since, in short.
    pub new: Option<String>,
}

/// What stood there may hold addresses and what people write: it is not shown.
impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Act")
            .field("act", &self.act)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Act {
    fn new(act: ActKind, id: &str, by: &Actor, at_ms: EpochMs) -> Self {
        Self {
            at_ms,
            actor: by.name.clone(),
            key_id: by.key_id.clone(),
            act,
            subject: format!("{}:{id}", act.thing()),
            old: None,
            new: None,
        }
    }

    /// A key was made.
    #[must_use]
    pub fn key_created(key: &KeyRecord, by: &Actor) -> Self {
        Self {
            new: Some(key_in_short(key)),
            ..Self::new(ActKind::KeyCreated, &key.key_id, by, key.created_at_ms)
        }
    }

    /// A key was revoked.
    #[must_use]
    pub fn key_revoked(key: &KeyRecord, by: &Actor, at_ms: EpochMs) -> Self {
        Self {
            old: Some(key_in_short(key)),
            ..Self::new(ActKind::KeyRevoked, &key.key_id, by, at_ms)
        }
    }

    /// A list entry was added.
    #[must_use]
    pub fn list_entry_created(entry: &ListEntry, by: &Actor, hasher: &KeyHasher) -> Self {
        let at_ms = entry.created_at_ms;
        Self {
            new: Some(entry_in_short(entry, hasher)),
            ..Self::new(ActKind::ListEntryCreated, &entry.id, by, at_ms)
        }
    }

    /// A list entry was changed.
    #[must_use]
    pub fn list_entry_changed(
        old: &ListEntry,
        new: &ListEntry,
        by: &Actor,
        at_ms: EpochMs,
        hasher: &KeyHasher,
    ) -> Self {
        Self {
            old: Some(entry_in_short(old, hasher)),
            new: Some(entry_in_short(new, hasher)),
            ..Self::new(ActKind::ListEntryChanged, &new.id, by, at_ms)
        }
    }

    /// A list entry was removed.
    #[must_use]
    pub fn list_entry_removed(
        old: &ListEntry,
        by: &Actor,
        at_ms: EpochMs,
        hasher: &KeyHasher,
    ) -> Self {
        Self {
            old: Some(entry_in_short(old, hasher)),
            ..Self::new(ActKind::ListEntryRemoved, &old.id, by, at_ms)
        }
    }

    /// Detectors were told to forget a list entry that the store did not have.
    #[must_use]
    pub fn list_entry_forgotten(id: &str, by: &Actor, at_ms: EpochMs) -> Self {
        Self::new(ActKind::ListEntryRemoved, id, by, at_ms)
    }

    /// A session was reviewed. What the reviewer wrote stands with the review.
    #[must_use]
    pub fn session_reviewed(id: SessionId, old: Option<&Review>, new: &Review, by: &Actor) -> Self {
        let word = |review: &Review| review.verdict.name().to_owned();
        Self {
            old: old.map(word),
            new: Some(word(new)),
            ..Self::new(ActKind::SessionReviewed, &id.to_string(), by, new.at_ms)
        }
    }
}

/// What to read of the trail: every filter that is given must match. What was done last first.
#[derive(Clone, Debug, Default)]
pub struct ActFilter {
    /// What was done.
    pub act: Option<ActKind>,
    /// The name of the key that acted, or `command line`.
    pub actor: Option<String>,
    /// To what.
    pub subject: Option<String>,
    /// From this instant, included.
    pub from_ms: Option<EpochMs>,
    /// To this instant, excluded.
    pub to_ms: Option<EpochMs>,
}

/// Such as `auth (decide, read)`.
fn key_in_short(key: &KeyRecord) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
    format!("{} ({})", key.name, scopes.join(", "))
}

/// The entry as it travels, but for whom it names where that is a user or a device. JSON, so that nothing
/// that is written into one field looks like another.
fn entry_in_short(entry: &ListEntry, hasher: &KeyHasher) -> String {
    let mut told = entry.clone();
    if let Some(key) = entry.key(hasher) {
        told.value = format!("~{key:016x}");
    }
    serde_json::to_string(&told).expect("an entry is strings and times")
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::HashSeed;
    use credsieve_models::lists::{ListAction, ListDimension};

    fn entry(dimension: ListDimension, value: &str) -> ListEntry {
        ListEntry {
            id: "1".into(),
            action: ListAction::Deny,
            dimension,
            value: value.into(),
            endpoint: Some("web".into()),
            tenant: Some("acme".into()),
            reason: "ticket 4711".into(),
            author: "ann".into(),
            created_at_ms: 0,
            changed_by: None,
            changed_at_ms: None,
            holds_from_ms: 0,
            expires_at_ms: Some(1_000),
        }
    }

    #[test]
    fn an_entry_in_short_says_all_that_holds_and_no_field_can_pass_for_another() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let read = |entry: &ListEntry| -> ListEntry {
            serde_json::from_str(&entry_in_short(entry, &hasher)).unwrap()
        };
        let mut one = entry(ListDimension::Cidr, "203.0.113.0/24");
        assert_eq!(read(&one), one);
        one.endpoint = Some("web for all from 1970-01-01T00:00:00.000Z: \",\"tenant\":\"x".into());
        assert_eq!(read(&one), one);
    }

    #[test]
    fn users_and_devices_are_in_the_trail_as_they_are_in_reasons() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let said = |dimension, name| {
            let entry = entry(dimension, name);
            let act = Act::list_entry_created(&entry, &Actor::command_line(), &hasher);
            let said: ListEntry = serde_json::from_str(&act.new.unwrap()).unwrap();
            said.value
        };
        let user = format!("~{:016x}", hasher.user("acme", "alice"));
        assert_eq!(said(ListDimension::User, "Alice"), user);
        assert_eq!(said(ListDimension::User, " ALICE"), user);
        let device = format!("~{:016x}", hasher.device("acme", "d-41"));
        assert_eq!(said(ListDimension::Device, "d-41"), device);
    }

    #[test]
    fn what_stood_there_is_not_in_debug_output() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let entry = entry(ListDimension::Address, "203.0.113.9");
        let act = Act::list_entry_created(&entry, &Actor::command_line(), &hasher);
        let shown = format!("{act:?}");
        assert!(!shown.contains("203.0.113.9"), "{shown}");
    }

    #[test]
    fn every_kind_is_found_by_its_name_and_spelled_so_in_json() {
        for kind in ActKind::ALL {
            assert_eq!(ActKind::from_name(kind.name()), Some(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.name()));
        }
    }
}
