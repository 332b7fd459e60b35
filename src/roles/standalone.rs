//! `credsieve standalone` and `credsieve detector`: one process from the stream to HTTP.
//!
//! They differ in what they assume: `standalone` needs nothing that is not on the machine and makes
//! what is missing (SQLite, a seed of its own); `detector` is a part of a deployment and refuses to
//! start without its broker, its store and the shared seed.

use super::demo;
use super::node::Node;
use crate::config::{CommonArgs, Config};
use anyhow::{Context, Result, bail};
use credsieve_store::SharedStore;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Options of `credsieve standalone`.
#[derive(clap::Args, Debug)]
pub struct StandaloneArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    /// Stream generated traffic (people, an office, attacks) through the whole path, in a temporary
    /// folder that is removed at the end.
    #[arg(long)]
    pub demo: bool,
    /// The seed of the demonstration's traffic.
    #[arg(long, default_value_t = 7, requires = "demo")]
    pub demo_seed: u64,
}

/// Options of `credsieve detector`.
#[derive(clap::Args, Debug)]
pub struct DetectorArgs {
    #[command(flatten)]
    pub common: CommonArgs,
}

/// Runs `credsieve standalone`.
///
/// # Errors
/// Why it could not start, or what failed.
pub async fn standalone(args: &StandaloneArgs, shutdown: CancellationToken) -> Result<()> {
    let mut config = Config::load(&args.common)?;
    if args.demo {
        return demo::run(config, args.common.listen, args.demo_seed, shutdown).await;
    }
    let state_dir = config
        .state_dir
        .get_or_insert_with(|| PathBuf::from("credsieve-data"))
        .clone();
    let _held = hold_state_dir(&state_dir)?;
    let url = config
        .store
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", state_dir.join("credsieve.sqlite").display()));
    let store = credsieve_store::open(&url)
        .await
        .context("opening the store")?;
    let seed = config.own_seed(&state_dir)?;
    let node = Node::start(&config, seed, store, shutdown).await?;
    let link = node
        .api
        .one_time_link()
        .map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    println!(
        "credsieve stands. Open http://{}{link} (once, within ten minutes).",
        node.address
    );
    // Only a URL of SQLite's is shown: others may hold a password.
    let place = if url.starts_with("sqlite:") {
        format!(" --store '{url}'")
    } else {
        String::new()
    };
    println!(
        "A key for an application: credsieve keys create{place} --name my-app --scopes \
         decide,ingest,read"
    );
    node.join().await
}

/// Runs `credsieve detector`.
///
/// # Errors
/// Why it could not start, or what failed.
pub async fn detector(args: &DetectorArgs, shutdown: CancellationToken) -> Result<()> {
    let config = Config::load(&args.common)?;
    let seed = config.shared_seed()?;
    anyhow::ensure!(
        config.kafka.is_some(),
        "no broker: set --kafka (or CREDSIEVE_KAFKA_BOOTSTRAP_SERVERS, or kafka.bootstrap_servers)"
    );
    let _held = config
        .state_dir
        .as_deref()
        .map(hold_state_dir)
        .transpose()?;
    let store = open_store(&config).await?;
    Node::start(&config, seed, store, shutdown)
        .await?
        .join()
        .await
}

/// Holds the folder for as long as the answer lives, and makes it where it is missing. Two processes would
/// write their states over each other's.
fn hold_state_dir(dir: &Path) -> Result<File> {
    create_state_dir(dir)?;
    let path = dir.join("lock");
    let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "the state folder {} is in use by another credsieve: stop that one, or give this one a folder of its \
             own (--state-dir)",
            dir.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("locking {}", path.display()))
        }
    }
}

/// Makes the folder; user names and addresses in it are its owner's to read.
fn create_state_dir(dir: &Path) -> Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
        .create(dir)
        .with_context(|| format!("creating {}", dir.display()))
}

/// The configured store; a file of SQLite's is made where there is none.
///
/// # Errors
/// When none is configured, or it cannot be opened.
pub async fn open_store(config: &Config) -> Result<SharedStore> {
    let url = store_url(config)?;
    credsieve_store::open(url).await.with_context(|| which(url))
}

/// The configured store, for those who can do nothing with an empty one: a misspelt file is not made.
///
/// # Errors
/// When none is configured, it is not there, or it cannot be opened.
pub async fn open_existing_store(config: &Config) -> Result<SharedStore> {
    let url = store_url(config)?;
    credsieve_store::open_existing(url)
        .await
        .with_context(|| which(url))
}

fn store_url(config: &Config) -> Result<&str> {
    config.store.url.as_deref().context(
        "no store: set --store (or CREDSIEVE_STORE_URL, or store.url) to postgres://… or sqlite:FILE",
    )
}

/// The URL of a server may hold a password; that of a file says where to look.
fn which(url: &str) -> String {
    if url.starts_with("sqlite:") {
        format!("opening the store {url}")
    } else {
        "opening the store".to_owned()
    }
}
