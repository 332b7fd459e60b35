//! Whether the schema is what this version needs, and who brings it there: its owner alone can.

use super::PostgresStore;
use crate::{StoreError, migrations};
use sqlx::migrate::{MigrateError, Migrator};

/// A migration that was run, by number and checksum, and whether it came to its end.
type Applied = (i64, Vec<u8>, bool);

impl PostgresStore {
    pub(super) async fn run_migrations(&self) -> Result<(), StoreError> {
        let done = migrations::postgres().run(&self.pool).await;
        done.map_err(|error| match &error {
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)
                if is_denied(cause) =>
            {
                StoreError::NotOwner(error)
            }
            _ => error.into(),
        })
    }

    /// The owner migrates; whoever else finds a schema only looks whether it is the right one.
    pub(super) async fn prepare_schema(&self) -> Result<(), StoreError> {
        let owns: Option<bool> = sqlx::query_scalar(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class
             WHERE oid = to_regclass('_sqlx_migrations')",
        )
        .fetch_optional(&self.pool)
        .await?;
        if owns == Some(false) {
            return self.check_schema().await;
        }
        self.run_migrations().await
    }

    /// Fails where the schema is not the one that this version needs.
    pub(super) async fn check_schema(&self) -> Result<(), StoreError> {
        let applied: Result<Vec<Applied>, _> =
            sqlx::query_as("SELECT version, checksum, success FROM _sqlx_migrations")
                .fetch_all(&self.pool)
                .await;
        match applied {
            Ok(applied) => compare(&applied, &migrations::postgres()),
            // No table, or no right to look into its schema.
            Err(error) if has_code(&error, "42P01") => compare(&[], &migrations::postgres()),
            Err(error) if is_denied(&error) => Err(StoreError::NotGranted),
            Err(error) => Err(error.into()),
        }
    }
}

/// What migrating would find, told without migrating.
fn compare(applied: &[Applied], known: &Migrator) -> Result<(), StoreError> {
    if let Some((version, ..)) = applied.iter().find(|(.., success)| !success) {
        return Err(MigrateError::Dirty(*version).into());
    }
    for migration in known.iter() {
        let found = applied.iter().find(|a| a.0 == migration.version);
        match found {
            None => {
                return Err(StoreError::Behind {
                    found: applied.iter().map(|a| a.0).max().unwrap_or(0),
                    needed: known.iter().map(|m| m.version).max().unwrap_or(0),
                });
            }
            Some((version, checksum, _)) if **checksum != *migration.checksum => {
                return Err(MigrateError::VersionMismatch(*version).into());
            }
            Some(_) => {}
        }
    }
    match applied.iter().find(|a| !known.version_exists(a.0)) {
        Some((version, ..)) => Err(MigrateError::VersionMissing(*version).into()),
        None => Ok(()),
    }
}

/// Whether the database refuses this user: a right is missing, or there is no schema to make anything in.
fn is_denied(error: &sqlx::Error) -> bool {
    has_code(error, "42501") || has_code(error, "3F000")
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    matches!(error, sqlx::Error::Database(e) if e.code().as_deref() == Some(code))
}
