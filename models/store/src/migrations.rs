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
    use credsieve_testkit::postgres::PostgresCluster;
    use sqlx::PgPool;
    use sqlx::sqlite::SqlitePoolOptions;

    #[test]
    fn both_databases_have_the_same_migrations() {
        let names = |migrator: Migrator| -> Vec<_> {
            let all = migrator.iter().map(|m| (m.version, m.description.clone()));
            all.collect()
        };
        assert!(!names(postgres()).is_empty());
        assert_eq!(names(postgres()), names(sqlite()));
    }

    #[tokio::test]
    async fn alerts_of_an_older_store_are_kept_in_the_order_of_their_time() {
        let options = SqlitePoolOptions::new().max_connections(1);
        let store = options.connect("sqlite::memory:").await.unwrap();
        let before = sqlite().iter().filter(|m| m.version < 3).cloned().collect();
        Migrator::with_migrations(before).run(&store).await.unwrap();
        for (id, time) in [("a", 2), ("b", 1), ("c", 3)] {
            let insert = "INSERT INTO alerts (alert_id, time, kind, alert) VALUES (?1, ?2, 'campaign', '{}')";
            let insert = sqlx::query(insert).bind(id).bind(time);
            insert.execute(&store).await.unwrap();
        }
        sqlite().run(&store).await.unwrap();
        let ids = sqlx::query_scalar("SELECT alert_id FROM alerts ORDER BY seq");
        let ids: Vec<String> = ids.fetch_all(&store).await.unwrap();
        assert_eq!(ids, ["b", "a", "c"]);
    }

    #[tokio::test]
    async fn alerts_of_an_older_postgres_are_kept_in_that_order_too_and_new_ones_come_behind_them()
    {
        let cluster = PostgresCluster::shared().unwrap();
        let url = cluster.create_database().unwrap();
        let store = PgPool::connect(&url).await.unwrap();
        let before = postgres()
            .iter()
            .filter(|m| m.version < 3)
            .cloned()
            .collect();
        Migrator::with_migrations(before).run(&store).await.unwrap();
        let insert = "INSERT INTO alerts (alert_id, time, kind, alert)
            VALUES (lpad($1::text, 32, '0')::uuid, to_timestamp($2), 'campaign', '{}')";
        let insert = async |id: i32, time: f64| {
            let insert = sqlx::query(insert).bind(id).bind(time);
            insert.execute(&store).await.unwrap();
        };
        for (id, time) in [(1, 2.0), (2, 1.0), (3, 3.0)] {
            insert(id, time).await;
        }
        postgres().run(&store).await.unwrap();
        insert(4, 0.0).await;
        let ids = "SELECT right(alert_id::text, 1) FROM alerts ORDER BY seq";
        let ids: Vec<String> = sqlx::query_scalar(ids).fetch_all(&store).await.unwrap();
        assert_eq!(ids, ["2", "1", "3", "4"]);
        store.close().await;
    }

    #[tokio::test]
    async fn weeks_that_an_older_version_has_made_in_postgres_are_found_and_dropped() {
        let cluster = PostgresCluster::shared().unwrap();
        let url = cluster.create_database().unwrap();
        let store = PgPool::connect(&url).await.unwrap();
        let before = postgres()
            .iter()
            .filter(|m| m.version < 6)
            .cloned()
            .collect();
        Migrator::with_migrations(before).run(&store).await.unwrap();
        let week = "CREATE TABLE verdicts_20260105 PARTITION OF verdicts
            FOR VALUES FROM ('2026-01-05 00:00:00+00') TO ('2026-01-12 00:00:00+00')";
        sqlx::query(week).execute(&store).await.unwrap();
        postgres().run(&store).await.unwrap();
        let weeks = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'verdicts'::regclass";
        for (call, left) in [
            ("SELECT make_verdicts_week('2026-01-05')", 2),
            ("SELECT drop_verdicts_week('2026-01-05')", 1),
            ("SELECT make_verdicts_week('2026-01-05')", 2),
        ] {
            sqlx::query(call).execute(&store).await.unwrap();
            let weeks: i64 = sqlx::query_scalar(weeks).fetch_one(&store).await.unwrap();
            assert_eq!(weeks, left, "{call}");
        }
        store.close().await;
    }
}
