//! Retention: what is older than the watermark allows is removed from the store, now and then.

use credsieve_detector::handle::EngineHandle;
use credsieve_store::SharedStore;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_mins(10);
const DAY_MS: i64 = 86_400_000;

/// Removes old verdicts until the shutdown. A failure is logged and tried again the next time.
pub async fn run(
    store: SharedStore,
    engine: EngineHandle,
    retention_days: u32,
    shutdown: CancellationToken,
) {
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        // No question is an answer too: it tells the watermark.
        let Ok(answers) = engine.decide(Vec::new()).await else {
            continue;
        };
        let before_ms = answers.as_of_ms - i64::from(retention_days) * DAY_MS;
        if before_ms <= 0 {
            continue;
        }
        // The store itself says how many went.
        if let Err(error) = store.retain_from(before_ms).await {
            tracing::warn!(%error, "old verdicts could not be removed");
        }
    }
}
