//! The handle: how the rest of the process asks the engine's owner.
//!
//! The owner thread alone touches the engine. Questions wait in a bounded queue that it empties
//! between batches and between pieces of one; a full queue answers [`Busy`] at once, so that a caller can fail open.

use credsieve_engine::{EngineStats, EntityView, Frame, Judgement};
use credsieve_models::Entity;
use credsieve_models::lists::Lists;
use credsieve_models::time::EpochMs;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

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
        /// Their room in the queue, given back when this is dropped.
        room: Option<OwnedSemaphorePermit>,
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

    /// Nobody waits for the answer any more.
    #[must_use]
    pub fn is_forsaken(&self) -> bool {
        match self {
            Self::Decide { reply, .. } => reply.is_closed(),
            Self::Entity { reply, .. } => reply.is_closed(),
            Self::Stats { reply } => reply.is_closed(),
            Self::SetLists(_) => false,
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
    /// Room for attempts that are asked about: a batch takes as much as all that are in it, so that a
    /// few callers with large ones cannot make all others wait.
    room: Arc<Semaphore>,
    depth: usize,
}

impl EngineHandle {
    /// A handle and the owner's end, with room for `depth` questions. A batch of more has its turn when no
    /// other question about attempts waits.
    #[must_use]
    pub fn new(depth: usize) -> (Self, mpsc::Receiver<Ask>) {
        let (queue, owner) = mpsc::channel(depth);
        let room = Arc::new(Semaphore::new(depth));
        (Self { queue, room, depth }, owner)
    }

    /// Asks what attempts would get.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full or the engine is gone.
    pub async fn decide(&self, frames: Vec<Frame>) -> Result<Answers, Busy> {
        let questions = frames.len().clamp(1, self.depth);
        let questions = u32::try_from(questions).map_err(|_| Busy::Full)?;
        let room = Arc::clone(&self.room).try_acquire_many_owned(questions);
        let room = Some(room.map_err(|_| Busy::Full)?);
        let ask = |reply| Ask::Decide {
            frames,
            reply,
            room,
        };
        self.ask(ask).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::{Attempt, HashSeed, KeyHasher, names::NameSet};

    fn questions(count: usize) -> Vec<Frame> {
        let question = Attempt::parse_question(br#"{"ip":"203.0.113.9"}"#, 0).unwrap();
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let names = NameSet::parse("", &HashSeed::REPLAY);
        let frame = || Frame::new(&question.attempt, 0, &hasher, &names);
        std::iter::repeat_with(frame).take(count).collect()
    }

    /// Begins to ask, and says how it went where that is known already.
    async fn ask(handle: &EngineHandle, count: usize) -> Option<Busy> {
        let asked = handle.decide(questions(count));
        tokio::select! {
            biased;
            answer = asked => answer.err(),
            () = std::future::ready(()) => None,
        }
    }

    #[tokio::test]
    async fn the_queue_is_as_deep_as_the_questions_in_it_are_many() {
        let (handle, mut owner) = EngineHandle::new(10);
        assert_eq!(ask(&handle, 6).await, None);
        assert_eq!(ask(&handle, 6).await, Some(Busy::Full));
        assert_eq!(ask(&handle, 4).await, None, "a smaller one has room");
        assert_eq!(ask(&handle, 1).await, Some(Busy::Full));
        drop(owner.recv().await.unwrap());
        assert_eq!(ask(&handle, 6).await, None, "answered ones give room back");
    }

    #[tokio::test]
    async fn a_batch_larger_than_the_queue_has_its_turn_when_nothing_else_waits() {
        let (handle, mut owner) = EngineHandle::new(10);
        assert_eq!(ask(&handle, 11).await, None);
        assert_eq!(ask(&handle, 1).await, Some(Busy::Full));
        drop(owner.recv().await.unwrap());
        assert_eq!(ask(&handle, 1).await, None);
        assert_eq!(ask(&handle, 11).await, Some(Busy::Full));
    }
}
