//! The door: how connections come in.
//!
//! Only so many are open at once; further ones wait outside, in the system's own queue. Who neither
//! sends nor takes anything for a while is shown out, and so is whose request takes longer to come
//! and be answered than any may, however steadily it comes: half a request holds no place for long.

use crate::state::Settings;
use axum::serve::Listener;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// A listener that lets in only so many.
pub(crate) struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    idle: Duration,
    asking: Duration,
}

/// What a request may take beside the time that its route has: its head, and what is left of its body
/// when it is refused.
const BESIDE: Duration = Duration::from_secs(3);

impl Door {
    pub(crate) fn new(listener: TcpListener, settings: &Settings) -> Self {
        let route = settings.write_timeout.max(settings.request_timeout);
        let longest = route.max(settings.decide_timeout) + BESIDE;
        Self {
            listener,
            places: Arc::new(Semaphore::new(settings.max_connections)),
            idle: settings.idle_timeout,
            asking: longest.min(settings.idle_timeout),
        }
    }
}

impl Listener for Door {
    type Io = Visitor;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visitor, SocketAddr) {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // An answer is one small packet, which must not wait for a second. Where the system
        // refuses, it is only slower.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection may be slow");
        }
        let visitor = Visitor {
            stream,
            idle: self.idle,
            asks_within: self.asking,
            asking: false,
            patience: Box::pin(tokio::time::sleep(self.idle)),
            _place: place,
        };
        (visitor, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection with its place and the patience that is left for it.
pub(crate) struct Visitor {
    stream: TcpStream,
    idle: Duration,
    /// How long a request may take from its first byte to its answer.
    asks_within: Duration,
    /// Something came in since the last answer. More of it earns no more patience: a byte now and
    /// then would hold the place for ever.
    asking: bool,
    patience: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Visitor {
    /// Passes on what happened; when nothing did, and for too long, ends the connection. What earns
    /// patience earns so much.
    fn or_leave<T>(
        &mut self,
        context: &mut Context<'_>,
        happened: Poll<io::Result<T>>,
        earned: Option<Duration>,
    ) -> Poll<io::Result<T>> {
        let earned = earned.filter(|_| happened.is_ready());
        if let Some(patience) = earned {
            self.patience.as_mut().reset(Instant::now() + patience);
        }
        // Asked also when something happened and earned nothing: there may always be more of it.
        if earned.is_some() || self.patience.as_mut().poll(context).is_pending() {
            return happened;
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Visitor {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let happened = Pin::new(&mut self.stream).poll_read(context, buffer);
        let earned = (!self.asking).then_some(self.asks_within);
        self.asking |= happened.is_ready();
        self.or_leave(context, happened, earned)
    }
}

impl AsyncWrite for Visitor {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let happened = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.asking &= happened.is_pending();
        let earned = Some(self.idle);
        self.or_leave(context, happened, earned)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let happened = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.asking &= happened.is_pending();
        let earned = Some(self.idle);
        self.or_leave(context, happened, earned)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
