//! The migrations, compiled in from the workspace's `migrations/` folder.

use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// Those of PostgreSQL.
pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

/// Those of SQLite.
pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    let migrations = files.iter().map(|&(stem, sql)| {
        let (number, what) = stem.split_once('_').unwrap_or((stem, ""));
        Migration::new(
            number
                .parse()
                .expect("a migration's name begins with its number"),
            what.replace('_', " ").into(),
            MigrationType::Simple,
            AssertSqlSafe(sql).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations() {
        let names = |migrator: Migrator| -> Vec<_> {
            let all = migrator.iter().map(|m| (m.version, m.description.clone()));
            all.collect()
        };
        assert!(!names(postgres()).is_empty());
        assert_eq!(names(postgres()), names(sqlite()));
    }
}
