//! `credsieve keys create|list|revoke`.

use super::node::close;
use super::standalone::open_existing_store;
use crate::config::{CommonArgs, Config};
use anyhow::{Result, ensure};
use comfy_table::{Table, presets};
use credsieve_detector::now_ms;
use credsieve_load_test::say;
use credsieve_models::time::to_rfc3339;
use credsieve_store::{Act, Actor, Scope, SharedStore, StoreError};
use std::io::Write as _;

/// What to do with API keys.
#[derive(clap::Args, Debug)]
pub struct KeysArgs {
    #[command(flatten)]
    common: CommonArgs,
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(clap::Subcommand, Debug)]
enum KeysCommand {
    /// Make a key. It is shown once; only its hash is kept.
    Create {
        /// What a person calls it, such as the application that uses it.
        #[arg(long, value_parser = name)]
        name: String,
        /// What it may do: decide, ingest, read, admin; several with commas.
        #[arg(long, value_delimiter = ',', required = true, value_parser = scope)]
        scopes: Vec<Scope>,
    },
    /// List the keys.
    List,
    /// Revoke a key. It stops working within seconds.
    Revoke {
        /// The key's id, as listed.
        key_id: String,
    },
}

/// A name is shown on terminals, in lists and as an author: what cannot be seen or moves the cursor is none.
fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err("expected a name without control characters".to_owned());
    }
    Ok(text.to_owned())
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.name() == text)
        .ok_or_else(|| "expected decide, ingest, read or admin".to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the store fails, or there is no such key.
pub async fn run(args: &KeysArgs) -> Result<()> {
    let store = open_existing_store(&Config::load(&args.common)?).await?;
    store.prepare().await?;
    match &args.command {
        KeysCommand::Create { name, scopes } => {
            let mut each_once = Scope::ALL.to_vec();
            each_once.retain(|scope| scopes.contains(scope));
            let (key, record) = credsieve_api::generate_key(name, &each_once, now_ms())
                .map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
            let act = Act::key_created(&record, &Actor::command_line());
            store.create_key(&record, &act).await?;
            eprintln!(
                "key {} of {name}: this is the only time it is shown",
                record.key_id
            );
            // A key that nobody saw is none: not `say`, which may say it to nobody.
            writeln!(std::io::stdout(), "{key}")?;
        }
        KeysCommand::List => {
            let mut table = Table::new();
            table.load_style(presets::UTF8_FULL_CONDENSED);
            table.set_header(["id", "name", "scopes", "created", "revoked"]);
            for key in store.keys().await? {
                let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
                table.add_row([
                    key.key_id,
                    key.name,
                    scopes.join(","),
                    to_rfc3339(key.created_at_ms),
                    key.revoked_at_ms.map(to_rfc3339).unwrap_or_default(),
                ]);
            }
            say(&format!("{table}\n"))?;
        }
        KeysCommand::Revoke { key_id } => {
            ensure!(
                revoke(&store, key_id).await?,
                "there is no key {key_id} that could be revoked"
            );
            say(&format!("{key_id} is revoked\n"))?;
        }
    }
    close(&store).await;
    Ok(())
}

/// Revokes a key; false where there is none that could be.
async fn revoke(store: &SharedStore, key_id: &str) -> Result<bool, StoreError> {
    let keys = store.keys().await?;
    let Some(key) = keys.into_iter().find(|key| key.key_id == key_id) else {
        return Ok(false);
    };
    let now = now_ms();
    let act = Act::key_revoked(&key, &Actor::command_line(), now);
    store.revoke_key(key_id, now, &act).await
}
