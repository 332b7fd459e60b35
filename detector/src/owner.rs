//! The owner: the one thread that touches the engine.
//!
//! It answers questions, judges batches and hands the judged ones on, in this order of precedence:
//! a question first, so that `/v1/decide` waits for one batch at most; then the batch that waits
//! for room behind us; and a new batch only when none waits. So a full output stops the input and
//! nothing else.

use crate::batch::Ack;
use crate::config::Share;
use crate::decode::Decoded;
use crate::findings::{Findings, Maker, Tenants, words_of};
use crate::handle::{Answers, Ask};
use crate::kafka::consumer::StartAt;
use crate::kafka::dead_letters::DeadLetter;
use crate::metrics::Metrics;
use credsieve_engine::Engine;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::Mode;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// After so many questions in a row the other work gets a turn, so that a flood of questions cannot
/// stop the stream.
const ASKS_IN_A_ROW: u32 = 64;

/// A judged batch.
pub struct Judged {
    /// What the engine said about it.
    pub findings: Findings,
    /// The records that are no attempt.
    pub dead: Vec<DeadLetter>,
    /// The engine's time.
    pub now_ms: EpochMs,
    /// Who waits.
    pub ack: Ack,
}

/// The owner's parts.
pub struct Owner {
    engine: Engine,
    policy_hash: Arc<str>,
    mode: Mode,
    keep_allows: Share,
    metrics: Arc<Metrics>,
    tenants: Tenants,
    /// When the watermark moved last, by this machine's monotonic clock.
    moved_at: Instant,
}

/// What the owner is connected to.
pub struct Wiring {
    /// Questions. Bounded by the handle; a full queue answers busy at once.
    pub asks: mpsc::Receiver<Ask>,
    /// Told once from where the stream begins; no batch comes before.
    pub start: oneshot::Receiver<StartAt>,
    /// Decides, at the start, between the state that was kept and an empty one.
    pub restore: Box<dyn FnOnce(StartAt) -> Option<Engine> + Send>,
    /// Decoded batches.
    pub input: mpsc::Receiver<Decoded>,
    /// Judged batches.
    pub output: mpsc::Sender<Judged>,
}

impl Owner {
    /// An owner of an engine.
    #[must_use]
    pub fn new(engine: Engine, keep_allows: Share, metrics: Arc<Metrics>) -> Self {
        let policy = Arc::clone(engine.policy());
        Self {
            engine,
            policy_hash: policy.hash(),
            mode: policy.mode.0,
            keep_allows,
            metrics,
            tenants: Tenants::default(),
            moved_at: Instant::now(),
        }
    }

    /// Works until the input has ended and everything judged is handed on. Gives the engine back.
    pub async fn run(mut self, wiring: Wiring) -> Engine {
        let Wiring {
            mut asks,
            mut start,
            restore,
            mut input,
            output,
        } = wiring;
        let mut restore = Some(restore);
        let mut waiting: Option<Judged> = None;
        let mut asking = true;
        let mut asked = 0;
        loop {
            tokio::select! {
                biased;
                // Questions first: each is microseconds, and somebody waits at a login form.
                ask = asks.recv(), if asking && asked < ASKS_IN_A_ROW => match ask {
                    Some(ask) => {
                        asked += 1;
                        self.answer(ask);
                    }
                    None => asking = false,
                },
                // The start comes before any batch; a sender that is gone has none to send.
                at = &mut start, if restore.is_some() => {
                    if let (Ok(at), Some(restore)) = (at, restore.take()) {
                        self.begin(restore(at));
                    }
                },
                // What is judged goes on before anything new is judged: this is the back-pressure.
                room = output.reserve(), if waiting.is_some() => {
                    asked = 0;
                    match (room, waiting.take()) {
                        (Ok(room), Some(judged)) => {
                            room.send(judged);
                            self.metrics.queue("judged", &output);
                        }
                        // The sink is gone: the process is ending.
                        _ => break,
                    }
                },
                batch = input.recv(), if waiting.is_none() && restore.is_none() => {
                    asked = 0;
                    match batch {
                        Some(batch) => waiting = Some(self.judge(batch)),
                        None => break,
                    }
                },
                // Only a full row of questions and nothing else to do: questions again.
                () = std::future::ready(()), if asked >= ASKS_IN_A_ROW => asked = 0,
            }
        }
        self.engine
    }

    fn begin(&mut self, restored: Option<Engine>) {
        if let Some(engine) = restored {
            self.engine = engine;
        }
        self.note_engine();
    }

    /// The engine's time for questions: the watermark plus the real time since it moved.
    /// Before the first event there is no watermark: the machine's clock says from when lists hold.
    fn now_ms(&self) -> EpochMs {
        if self.engine.watermark_ms() == 0 {
            return crate::now_ms();
        }
        let since = i64::try_from(self.moved_at.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.engine.watermark_ms().saturating_add(since)
    }

    fn answer(&mut self, ask: Ask) {
        // A caller that is gone no longer wants the answer.
        match ask {
            Ask::Decide { frames, reply } => {
                let now_ms = self.now_ms();
                let judgements = frames.iter().map(|frame| self.engine.peek(frame, now_ms));
                drop(reply.send(Answers {
                    judgements: judgements.collect(),
                    as_of_ms: self.engine.watermark_ms(),
                }));
            }
            Ask::Entity { entity, reply } => {
                drop(reply.send(self.engine.entity(entity, self.now_ms())));
            }
            Ask::SetLists(lists) => self.engine.set_lists(lists),
            Ask::Stats { reply } => drop(reply.send(self.engine.stats())),
        }
    }

    fn judge(&mut self, batch: Decoded) -> Judged {
        let before_ms = self.engine.watermark_ms();
        let mut observed = Vec::with_capacity(batch.frames.len());
        let words = |n: usize| batch.kept.get(n).map(words_of).unwrap_or_default();
        self.engine
            .observe_with_words(&batch.frames, &words, &mut observed);
        if self.engine.watermark_ms() > before_ms {
            self.moved_at = Instant::now();
        }
        let maker = Maker {
            policy_hash: Arc::clone(&self.policy_hash),
            mode: self.mode,
            keep_allows: self.keep_allows,
            decided_at_ms: crate::now_ms(),
        };
        let findings = Findings::of(
            &maker,
            &mut self.tenants,
            observed,
            &batch.frames,
            batch.kept,
        );
        self.note_engine();
        Judged {
            findings,
            dead: batch.dead,
            now_ms: self.now_ms(),
            ack: batch.ack,
        }
    }

    fn note_engine(&self) {
        self.metrics
            .engine(&self.engine.stats(), self.engine.watermark_ms());
    }
}
