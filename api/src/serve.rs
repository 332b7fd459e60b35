//! Serving: from the first connection to the last answer.

use crate::door::Door;
use crate::state::ApiState;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long answers and writes under way may take after the end was asked for.
const DRAIN: Duration = Duration::from_secs(5);

/// Serves the API on `listener` until `shutdown`, then takes no new connection, finishes what is
/// under way, and gives up on what takes longer than five seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    state: ApiState,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let writes = state.writes.clone();
    let settings = state.parts.settings;
    let door = Door::new(listener, settings.max_connections, settings.idle_timeout);
    let served = axum::serve(door, crate::router(state))
        .with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let out_of_time = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    let drained = async {
        served.await?;
        // Writes outlive their requests: the store must not go before they are done.
        writes.close();
        writes.wait().await;
        Ok(())
    };
    tokio::select! {
        // A drain that is done counts, also in the moment in which time runs out.
        biased;
        result = drained => result,
        () = out_of_time => {
            tracing::warn!("requests were still under way and were given up");
            Ok(())
        }
    }
}
