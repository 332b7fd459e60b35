//! The roles of the service in the database: who may do what, for processes whose user does not own the schema.

use super::PostgresStore;
use crate::{Granted, StoreError};
use sqlx::PgConnection;

/// The names of the roles, for users to be members of.
const ROLES: [&str; 3] = ["credsieve_detector", "credsieve_api", "credsieve_keys"];

impl PostgresStore {
    /// Makes the roles where that is allowed, and grants them what they need. Without one of them nothing is granted.
    pub(super) async fn grant_roles(&self) -> Result<Granted, StoreError> {
        let mut tx = self.pool.begin().await?;
        make_roles(&mut tx).await?;
        let missing = missing_roles(&mut tx).await?;
        if !missing.is_empty() {
            tx.rollback().await?;
            return Ok(Granted::Missing(missing));
        }
        // Partitions are made and dropped under the same lock: both change what is said of `verdicts`.
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(super::partitions::LOCK)
            .execute(&mut *tx)
            .await?;
        sqlx::raw_sql(include_str!("roles.sql"))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Granted::To(ROLES.to_vec()))
    }
}

/// Makes the roles that are missing, if this user may. They belong to all databases of the server, so another database's migration may
/// make the same at the same time.
async fn make_roles(tx: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::raw_sql(
        "DO $$
         DECLARE
             role_name text;
         BEGIN
             IF NOT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                 RETURN;
             END IF;
             FOREACH role_name IN ARRAY ARRAY['credsieve_detector', 'credsieve_api', 'credsieve_keys'] LOOP
                 IF to_regrole(role_name) IS NULL THEN
                     BEGIN
                         EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
                     EXCEPTION WHEN duplicate_object OR unique_violation THEN
                         NULL;
                     END;
                 END IF;
             END LOOP;
         END $$",
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn missing_roles(tx: &mut PgConnection) -> Result<Vec<&'static str>, StoreError> {
    let there: Vec<String> =
        sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE rolname = ANY($1)")
            .bind(ROLES.as_slice())
            .fetch_all(tx)
            .await?;
    let is_there = |role: &&str| there.iter().any(|name| name == role);
    Ok(ROLES.into_iter().filter(|role| !is_there(role)).collect())
}
