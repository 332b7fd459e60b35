//! The handle: how the rest of the process asks the engine's owner.
//!
//! The owner thread alone touches the engine. Questions wait in a bounded queue that it empties
//! between batches and between pieces of one; a full queue answers [`Busy`] at once, so that a caller can fail open.

use credsieve_engine::{EngineStats, EntityView, Frame, Judgement};
use credsieve_models::Entity;
use credsieve_models::lists::Lists;
use credsieve_models::time::EpochMs;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The engine has no time for a question, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The queue is full.
    #[error("the engine's queue is full")]
    Full,
    /// The engine has stopped.
    #[error("the engine has stopped")]
    Stopped,
}

/// A question to the owner.
#[derive(Debug)]
pub enum Ask {
    /// What would these attempts get?
    Decide {
        /// The attempts, without outcome.
        frames: Vec<Frame>,
        /// Where the answer goes.
        reply: oneshot::Sender<Answers>,
    },
    /// What is known about this entity?
    Entity {
        /// The entity.
        entity: Entity,
        /// Where the answer goes.
        reply: oneshot::Sender<Option<EntityView>>,
    },
    /// Put other lists in force.
    SetLists(Arc<Lists>),
    /// How is the engine doing?
    Stats {
        /// Where the answer goes.
        reply: oneshot::Sender<EngineStats>,
    },
}

impl Ask {
    /// How many questions it holds: a batch is as much work as all that are in it.
    #[must_use]
    pub fn questions(&self) -> usize {
        match self {
            Self::Decide { frames, .. } => frames.len().max(1),
            _ => 1,
        }
    }
}

/// The answers to a `Decide`, in the order of its frames.
#[derive(Clone, Debug)]
pub struct Answers {
    /// One judgement a frame.
    pub judgements: Vec<Judgement>,
    /// The watermark that they hold for; 0 where no event was seen.
    pub as_of_ms: EpochMs,
}

/// The asking end of the queue.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    queue: mpsc::Sender<Ask>,
}

impl EngineHandle {
    /// A handle and the owner's end, with room for `depth` questions.
    #[must_use]
    pub fn new(depth: usize) -> (Self, mpsc::Receiver<Ask>) {
        let (queue, owner) = mpsc::channel(depth);
        (Self { queue }, owner)
    }

    /// Asks what attempts would get.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full or the engine is gone.
    pub async fn decide(&self, frames: Vec<Frame>) -> Result<Answers, Busy> {
        self.ask(|reply| Ask::Decide { frames, reply }).await
    }

    /// Asks what is known about an entity.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full or the engine is gone.
    pub async fn entity(&self, entity: Entity) -> Result<Option<EntityView>, Busy> {
        self.ask(|reply| Ask::Entity { entity, reply }).await
    }

    /// Asks for the engine's counters.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full or the engine is gone.
    pub async fn stats(&self) -> Result<EngineStats, Busy> {
        self.ask(|reply| Ask::Stats { reply }).await
    }

    /// Puts other lists in force. Waits for room: a list must not be lost.
    ///
    /// # Errors
    /// [`Busy::Stopped`] when the engine is gone.
    pub async fn set_lists(&self, lists: Arc<Lists>) -> Result<(), Busy> {
        self.queue
            .send(Ask::SetLists(lists))
            .await
            .map_err(|_| Busy::Stopped)
    }

    async fn ask<T>(&self, question: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Busy> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(question(reply)).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => Busy::Full,
            mpsc::error::TrySendError::Closed(_) => Busy::Stopped,
        })?;
        answer.await.map_err(|_| Busy::Stopped)
    }
}
