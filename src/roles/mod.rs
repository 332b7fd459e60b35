//! The roles of the binary, one file each.

pub mod policy;

use anyhow::{Context, Result};
use std::future::Future;

/// Runs an asynchronous role on a runtime of its own.
///
/// # Errors
/// Those of the role, or of starting the runtime.
pub fn block_on(role: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(role)
}
