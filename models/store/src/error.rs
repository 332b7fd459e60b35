//! How a store fails.

use crate::{postgres, sqlite};

/// How a conditional change failed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such thing.
    #[error("there is nothing with this id")]
    NotFound,
    /// Somebody else changed it first; nothing was written.
    #[error("it was changed since: version {current}")]
    Stale {
        /// The version that it has now.
        current: i64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names neither PostgreSQL nor SQLite. Not shown: it may hold a password.
    #[error("the store's URL must begin with postgres:// or sqlite:")]
    BadUrl,
    /// The URL is PostgreSQL's and cannot be parsed. Not shown, nor what the parser says of it.
    #[error(
        "the store's URL cannot be parsed: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special \
         characters in the password percent-encoded (# is %23, / is %2F, ? is %3F)"
    )]
    UnreadableUrl,
    /// The store should be there already.
    #[error("there is no such store: start credsieve standalone, or run credsieve migrate, first")]
    Missing,
    /// The cursor was not made by this store.
    #[error("the cursor is not one that this listing gave")]
    BadCursor,
    /// The database said no, or is not there.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The schema is older than this version.
    #[error(
        "the store's schema is at version {found} and this credsieve needs {needed}: run `credsieve migrate` with the \
         URL of the schema's owner"
    )]
    Behind {
        /// The version that it has; 0 where there is none.
        found: i64,
        /// The version that is needed.
        needed: i64,
    },
    /// Somebody else's schema, or no right to make one.
    #[error(
        "this user of the database may not change the schema: run `credsieve migrate` with the URL of its owner ({0})"
    )]
    NotOwner(sqlx::migrate::MigrateError),
    /// Nobody granted this user anything.
    #[error(
        "this user of the database may not read the schema's version: make it a member of credsieve_detector, \
         credsieve_api or credsieve_keys, and run `credsieve migrate` with the URL of the schema's owner"
    )]
    NotGranted,
    /// What is stored cannot be read.
    #[error("stored {what} cannot be read: {why}")]
    Corrupt {
        /// What it is.
        what: &'static str,
        /// Why.
        why: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later: the server is away, busy, shutting down or full,
    /// or another transaction was in the way. What the database refuses for good is not.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        use sqlx::migrate::MigrateError;
        match self {
            Self::Database(error)
            | Self::Migrate(
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _),
            ) => match error {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => {
                    postgres::is_transient(&**error) || sqlite::is_transient(&**error)
                }
                _ => false,
            },
            _ => false,
        }
    }
}
