//! `credsieve migrate`: the store's schema and the broker's topics.

use super::node::close;
use super::standalone::open_store;
use crate::config::{CommonArgs, Config};
use anyhow::{Context, Result, ensure};
use credsieve_load_test::say;
use credsieve_store::Granted;

/// Options of `credsieve migrate`.
#[derive(clap::Args, Debug)]
pub struct MigrateArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Partitions of topics that are created.
    #[arg(long, default_value_t = 4)]
    partitions: i32,
    /// Copies of each partition.
    #[arg(long, default_value_t = 1)]
    replication: i32,
}

/// Brings store and topics up to date.
///
/// # Errors
/// When either fails.
pub async fn run(args: &MigrateArgs) -> Result<()> {
    let config = Config::load(&args.common)?;
    ensure!(
        config.store.url.is_some() || config.kafka.is_some(),
        "nothing to migrate: set --store (or CREDSIEVE_STORE_URL, or store.url), --kafka (or \
         CREDSIEVE_KAFKA_BOOTSTRAP_SERVERS, or kafka.bootstrap_servers), or both"
    );
    if config.store.url.is_some() {
        let store = open_store(&config).await?;
        store.migrate().await.context("migrating the store")?;
        let granted = store.grant().await.context("granting rights")?;
        close(&store).await;
        say("store: up to date\n")?;
        say(&told(&granted))?;
    } else {
        say("store: none configured\n")?;
    }
    let Some(kafka) = &config.kafka else {
        say("topics: no broker configured\n")?;
        return Ok(());
    };
    let topics = credsieve_detector::kafka::admin::ensure_topics(
        &kafka.client()?,
        &kafka.topics,
        args.partitions,
        args.replication,
    )
    .await?;
    for (topic, ensured) in topics {
        say(&format!("topic {topic}: {ensured}\n"))?;
    }
    Ok(())
}

/// What became of the roles. Small deployments need none: one user may do everything.
fn told(granted: &Granted) -> String {
    match granted {
        Granted::NoUsers => String::new(),
        Granted::To(roles) => format!("rights: granted to {}\n", roles.join(", ")),
        Granted::Missing(roles) => {
            let create: Vec<String> = roles
                .iter()
                .map(|role| format!("CREATE ROLE {role};"))
                .collect();
            format!(
                "rights: none granted, for this user may not make roles. Only where detector, API and keys are to have \
                 users of their own: let an administrator run `{}`, then migrate again\n",
                create.join(" ")
            )
        }
    }
}
