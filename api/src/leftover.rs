//! The leftover: the part of a body that nobody read because the request was refused before.
//!
//! When a connection is closed while its caller still sends, the caller's system throws the answer
//! away with the connection, and a 413 or 401 looks like a broken network. So the rest is read and
//! thrown away before the answer goes out: up to a limit, and not for long.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::EXPECT;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// What is thrown away of one body: twice the largest that any route takes. Who sends more has not
/// misjudged a limit.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How long that may take.
const WITHIN: Duration = Duration::from_secs(1);

/// The body of a request, shared with its handler.
pub(crate) struct Leftover(Option<Arc<Mutex<Body>>>);

impl Leftover {
    /// Takes hold of the body of a request; its handler reads it as before.
    pub(crate) fn of(request: Request) -> (Request, Self) {
        // Who asks whether to send has not sent, and nothing small is worth the trouble.
        let waits = request.headers().contains_key(EXPECT);
        if waits || request.body().is_end_stream() {
            return (request, Self(None));
        }
        let (parts, body) = request.into_parts();
        let shared = Arc::new(Mutex::new(body));
        let body = Body::new(Shared(Arc::clone(&shared)));
        (Request::from_parts(parts, body), Self(Some(shared)))
    }

    /// Reads what is left. The handler is done with it by now.
    pub(crate) async fn drain(self) {
        let Some(body) = self.0 else { return };
        let drained = async {
            let mut bytes = 0;
            while bytes < MOST_BYTES {
                let frame = std::future::poll_fn(|cx| Pin::new(&mut *lock(&body)).poll_frame(cx));
                match frame.await {
                    Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, |d| d.len() as u64),
                    Some(Err(_)) | None => return,
                }
            }
        };
        // Too slow is as good as done: the answer goes out either way.
        tokio::time::timeout(WITHIN, drained).await.ok();
    }
}

/// The handler's end.
struct Shared(Arc<Mutex<Body>>);

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *lock(&self.0)).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.0).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.0).size_hint()
    }
}

fn lock(body: &Mutex<Body>) -> MutexGuard<'_, Body> {
    body.lock().unwrap_or_else(PoisonError::into_inner)
}
