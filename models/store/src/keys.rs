//! API keys as they are kept, and what each may do.

use credsieve_models::time::EpochMs;
use serde::{Deserialize, Serialize};

/// A scope of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Ask for decisions.
    Decide,
    /// Send events.
    Ingest,
    /// Read verdicts, entities, sessions and lists.
    Read,
    /// Review sessions, change lists, read the trail of acts.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Decide, Self::Ingest, Self::Read, Self::Admin];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

/// An API key as it is kept: never the key itself.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The public part, by which the record is found: 12 characters.
    pub key_id: String,
    /// SHA-256 of the secret part.
    pub secret_hash: [u8; 32],
    /// What a person calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at_ms: EpochMs,
    /// When it was revoked.
    pub revoked_at_ms: Option<EpochMs>,
}

impl std::fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRecord")
            .field("key_id", &self.key_id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
