//! The door: how connections come in.
//!
//! Only so many are open at once; further ones wait outside, in the system's own queue. Who neither
//! sends nor takes anything for a while is shown out, and so is who sends one request for longer
//! than that, however steadily: half a request holds no place for ever.

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
}

impl Door {
    pub(crate) fn new(listener: TcpListener, places: usize, idle: Duration) -> Self {
        Self {
            listener,
            places: Arc::new(Semaphore::new(places)),
            idle,
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
    /// Something came in since the last answer. More of it earns no more patience: a byte now and
    /// then would hold the place for ever.
    asking: bool,
    patience: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Visitor {
    /// Passes on what happened; when nothing did, and for too long, ends the connection.
    fn or_leave<T>(
        &mut self,
        context: &mut Context<'_>,
        happened: Poll<io::Result<T>>,
        earns: bool,
    ) -> Poll<io::Result<T>> {
        if happened.is_ready() && earns {
            self.patience.as_mut().reset(Instant::now() + self.idle);
        }
        // Asked also when something happened and earned nothing: there may always be more of it.
        if earns && happened.is_ready() || self.patience.as_mut().poll(context).is_pending() {
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
        let starts = happened.is_ready() && !self.asking;
        self.asking |= happened.is_ready();
        self.or_leave(context, happened, starts)
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
        self.or_leave(context, happened, true)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let happened = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.asking &= happened.is_pending();
        self.or_leave(context, happened, true)
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
