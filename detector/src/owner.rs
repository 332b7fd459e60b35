//! The owner: the one thread that touches the engine.
//!
//! It answers questions, judges batches and hands the judged ones on, in this order of precedence:
//! a question first, so that `/v1/decide` waits for a few attempts at most, for a batch is judged piece
//! by piece, or for the verdicts of one batch to be made; then the batch that waits for room behind us; and a new
//! batch only when none waits. So a full output stops the input and nothing else.

use crate::batch::Ack;
use crate::config::Share;
use crate::decode::Decoded;
use crate::findings::{Findings, Maker, Tenants, words_of};
use crate::handle::{Answers, Ask};
use crate::ingest::Taken;
use crate::kafka::consumer::StartAt;
use crate::kafka::dead_letters::DeadLetter;
use crate::metrics::Metrics;
use credsieve_engine::{Engine, EngineStats, Observed};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::Mode;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// After so many questions in a row, one by one or in batches, the other work gets a turn, so that a flood of
/// questions cannot stop the stream.
const ASKED_IN_A_ROW: usize = 64;
/// So many attempts are judged before questions have their turn again: a third of a millisecond.
const JUDGED_IN_A_ROW: usize = 64;

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
    /// What earlier processes had counted: a counter counts its own process.
    before: EngineStats,
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
            before: EngineStats::default(),
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
                ask = asks.recv(), if asking && asked < ASKED_IN_A_ROW => match ask {
                    Some(ask) => {
                        asked += self.answer(ask);
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
                        Some(batch) => waiting = Some(self.judge(batch, &mut asks)),
                        None => break,
                    }
                },
                // Only a full row of questions and nothing else to do: questions again.
                () = std::future::ready(()), if asked >= ASKED_IN_A_ROW => asked = 0,
            }
        }
        self.engine
    }

    fn begin(&mut self, restored: Option<Engine>) {
        if let Some(engine) = restored {
            self.before = engine.stats();
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

    /// Answers, and says how many questions that were. A caller that is gone no longer wants the answer:
    /// to find it would only keep those waiting who still do.
    fn answer(&mut self, ask: Ask) -> usize {
        if ask.is_forsaken() {
            return 1;
        }
        let questions = ask.questions();
        match ask {
            Ask::Decide { frames, reply, .. } => {
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
        questions
    }

    /// Answers the questions that are there already.
    fn answer_waiting(&mut self, asks: &mut mpsc::Receiver<Ask>) {
        let mut asked = 0;
        // Where nobody can ask any more, the loop of `run` hears it too.
        while asked < ASKED_IN_A_ROW
            && let Ok(ask) = asks.try_recv()
        {
            asked += self.answer(ask);
        }
    }

    fn judge(&mut self, batch: Decoded, asks: &mut mpsc::Receiver<Ask>) -> Judged {
        let mut observed = Vec::with_capacity(batch.frames.len());
        for (piece, frames) in batch.frames.chunks(JUDGED_IN_A_ROW).enumerate() {
            let first = piece * JUDGED_IN_A_ROW;
            let words = |n: usize| batch.kept.get(first + n).map(words_of).unwrap_or_default();
            let before_ms = self.engine.watermark_ms();
            self.engine
                .observe_with_words(frames, &words, &mut observed);
            if self.engine.watermark_ms() > before_ms {
                self.moved_at = Instant::now();
            }
            self.answer_waiting(asks);
        }
        let mut ack = batch.ack;
        tell_late(&mut ack, &observed);
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
            ack,
        }
    }

    fn note_engine(&self) {
        let stats = self.engine.stats().since(&self.before);
        self.metrics.engine(&stats, self.engine.watermark_ms());
    }
}

/// Tells whoever waits which of the attempts came late.
fn tell_late(ack: &mut Ack, observed: &[Observed]) {
    let Ack::Http { taken, .. } = ack else { return };
    let is_late = observed.iter().filter_map(|observed| match observed {
        Observed::Judged(judgement) => Some(judgement.late),
        Observed::Repeat => Some(false),
        Observed::Revised(_) | Observed::Campaign(_) => None,
    });
    let attempts = taken.iter_mut().filter(|taken| **taken == Taken::Accepted);
    for (taken, is_late) in attempts.zip(is_late) {
        if is_late {
            *taken = Taken::Late;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, Record};
    use crate::decode::Decoder;
    use credsieve_models::{HashSeed, Policy};
    use credsieve_store::Origin;

    const START_MS: EpochMs = 1_800_000_000_000;

    /// Logins of so many people, one a second.
    fn logins(count: i64) -> Decoded {
        decoded((0..count).map(|n| event(&n.to_string(), n * 1_000)))
    }

    fn event(id: &str, after_ms: i64) -> Vec<u8> {
        let event = serde_json::json!({
            "event_id": id, "time": START_MS + after_ms, "outcome": "success",
            "ip": "203.0.113.9", "username": format!("user{id}"),
        });
        event.to_string().into_bytes()
    }

    fn decoded(payloads: impl Iterator<Item = Vec<u8>>) -> Decoded {
        let records = payloads.map(|payload| Record {
            origin: Origin {
                source: "http".into(),
                partition: 0,
                offset: 0,
                index: 0,
            },
            clock_ms: START_MS + 4_000_000,
            key: None,
            payload: Some(payload),
        });
        let (reply, _) = oneshot::channel();
        let taken = Vec::new();
        Decoder::of_replay().decode(Batch {
            records: records.collect(),
            ack: Ack::Http { taken, reply },
        })
    }

    fn owner() -> Owner {
        let engine = Engine::new(Arc::new(Policy::default()), HashSeed::REPLAY);
        Owner::new(engine, Share::ALL, Arc::default())
    }

    /// A call with so many questions, and where its answer comes.
    fn call(questions: i64) -> (Ask, oneshot::Receiver<Answers>) {
        let (reply, answer) = oneshot::channel();
        let frames = logins(questions).frames;
        let room = None;
        let ask = Ask::Decide {
            frames,
            reply,
            room,
        };
        (ask, answer)
    }

    #[test]
    fn a_question_does_not_wait_for_the_whole_batch_that_is_judged() {
        let (calls, mut asks) = mpsc::channel(1);
        let (question, mut answer) = call(1);
        calls.try_send(question).unwrap();
        let judged = owner().judge(logins(500), &mut asks);
        assert_eq!(judged.findings.outcomes.len(), 500);
        let answers = answer.try_recv().unwrap();
        assert_eq!(answers.judgements.len(), 1);
        let before = i64::try_from(JUDGED_IN_A_ROW).unwrap();
        assert_eq!(answers.as_of_ms, START_MS + (before - 1) * 1_000);
    }

    #[test]
    fn questions_that_come_in_batches_hold_the_stream_up_no_longer_than_others() {
        let (calls, mut asks) = mpsc::channel(2);
        let [(first, mut of_first), (second, mut of_second)] = [call(100), call(100)];
        calls.try_send(first).unwrap();
        calls.try_send(second).unwrap();
        owner().judge(logins(1), &mut asks);
        assert_eq!(of_first.try_recv().unwrap().judgements.len(), 100);
        assert!(of_second.try_recv().is_err(), "it has its turn later");
    }

    #[test]
    fn what_an_earlier_process_counted_is_in_no_counter_of_this_one() {
        let mut earlier = owner();
        earlier.judge(logins(3), &mut mpsc::channel(1).1);
        let mut owner = owner();
        owner.begin(Some(earlier.engine));
        let counted = |owner: &Owner, attempts: u64| {
            let text = owner.metrics.encode();
            let line = format!("credsieve_engine_attempts_total {attempts}");
            assert!(text.lines().any(|found| found == line), "{text}");
        };
        counted(&owner, 0);
        let another = decoded([event("99", 99_000)].into_iter());
        owner.judge(another, &mut mpsc::channel(1).1);
        counted(&owner, 1);
    }

    #[test]
    fn nothing_is_found_out_for_callers_who_are_gone() {
        let (calls, mut asks) = mpsc::channel(64);
        for _ in 0..50 {
            let (forsaken, answer) = call(100);
            drop(answer);
            calls.try_send(forsaken).unwrap();
        }
        let (wanted, mut answer) = call(1);
        calls.try_send(wanted).unwrap();
        owner().answer_waiting(&mut asks);
        let answers = answer.try_recv().expect("its turn comes at once");
        assert_eq!(answers.judgements.len(), 1);
    }

    #[test]
    fn who_waits_is_told_which_attempts_are_too_old_to_count() {
        let at = |minutes: i64| event(&minutes.to_string(), minutes * 60_000);
        let payloads = [at(60), b"{".to_vec(), at(46), at(44), at(60), at(61)];
        let decoded = decoded(payloads.into_iter());
        let (_, mut asks) = mpsc::channel(1);
        let Ack::Http { taken, .. } = owner().judge(decoded, &mut asks).ack else {
            panic!("the ack changed");
        };
        let late: Vec<bool> = taken.iter().map(|taken| *taken == Taken::Late).collect();
        assert_eq!(late, [false, false, false, true, false, false]);
    }
}
