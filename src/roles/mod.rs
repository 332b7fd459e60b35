//! The roles of the binary, one file each; [`node`] is what the serving ones share.

pub mod api;
pub mod demo;
pub mod keys;
pub mod migrate;
pub mod node;
pub mod policy;
pub mod retention;
pub mod standalone;

use crate::config::CommonArgs;
use anyhow::{Context, Result};
use std::future::Future;
use std::io::IsTerminal;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Runs a serving role on a runtime of its own, with logs to standard error. The token is cancelled
/// by SIGTERM or Ctrl-C.
///
/// # Errors
/// Those of the role, or of starting the runtime.
pub fn serve<F: Future<Output = Result<()>>>(
    common: &CommonArgs,
    default_log: &str,
    role: impl FnOnce(CancellationToken) -> F,
) -> Result<()> {
    start_logs(common, default_log)?;
    run(async {
        let shutdown = CancellationToken::new();
        cancel_on_signal(shutdown.clone())?;
        role(shutdown).await
    })
}

/// Runs a role that ends by itself.
///
/// # Errors
/// Those of the role, or of starting the runtime.
pub fn run(role: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(role)
}

fn start_logs(common: &CommonArgs, default_log: &str) -> Result<()> {
    let log = common.log.as_deref().unwrap_or(default_log);
    let filter = EnvFilter::try_new(log).with_context(|| format!("--log {log}"))?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if common.log_json {
        logs.json().try_init()
    } else {
        logs.try_init()
    };
    started.map_err(|e| anyhow::anyhow!("starting the logs: {e}"))
}

fn cancel_on_signal(shutdown: CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    });
    Ok(())
}
