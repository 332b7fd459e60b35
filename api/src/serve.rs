//! Serving: from the first connection to the last answer.

use crate::door::{Door, Visitor};
use crate::state::ApiState;
use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long answers and writes under way may take after the end was asked for.
const DRAIN: Duration = Duration::from_secs(5);

/// The most bytes of a head, and the most that is read of a body at once: so much memory a connection
/// costs whose request is not there yet. A larger head is a 431.
const MOST_READ_AHEAD: usize = 16 * 1024;

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
    let door = Door::new(listener, &settings);
    let router = crate::router(state);
    let out_of_time = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    let drained = async {
        let connections = let_in(door, &router, &shutdown).await;
        connections.close();
        connections.wait().await;
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

/// Lets in who comes, until `shutdown`; then the door is closed, and the connections are those that are
/// still open.
async fn let_in(mut door: Door, router: &Router, shutdown: &CancellationToken) -> TaskTracker {
    let connections = TaskTracker::new();
    loop {
        let visitor = tokio::select! {
            // Nobody comes in behind the end.
            biased;
            () = shutdown.cancelled() => return connections,
            (visitor, _) = door.accept() => visitor,
        };
        connections.spawn(serve_one(visitor, router.clone(), shutdown.clone()));
    }
}

/// Answers one connection until it is closed; after `shutdown`, what is under way alone.
async fn serve_one(visitor: Visitor, router: Router, shutdown: CancellationToken) {
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .max_buf_size(MOST_READ_AHEAD)
        .serve_connection(TokioIo::new(visitor), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        // A connection that is done needs no end.
        biased;
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
