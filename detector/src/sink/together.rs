//! Batches that go on together: the cost of a round trip is shared under load, and nobody waits when there is none.

use crate::batch::Ack;
use crate::findings::Findings;
use crate::kafka::dead_letters::DeadLetter;
use crate::owner::Judged;
use credsieve_models::time::EpochMs;
use std::pin::pin;
use tokio::sync::mpsc;

/// So many batches are published together at most, which bounds the payloads of dead letters …
const PUBLISHED_BATCHES: usize = 16;
/// … and so many outcomes, and those of the batch that goes beyond.
const PUBLISHED_OUTCOMES: usize = 2_048;
/// What is published waits for the store in so many groups. Full: publishing waits.
pub(super) const PUBLISHED: usize = 1;
/// To so many outcomes, or of them verdicts that are kept whole, or batches, which are small where a stream is neither
/// slow nor a backlog, the store adds no further group. Each transaction rewrites the panes of every network in
/// it, hundreds in a backlog, so few large ones cost less; but at the end all of it must become durable in seconds,
/// and of an attack every verdict is kept.
const STORED_OUTCOMES: usize = 8_192;
const STORED_WHOLE: usize = 4_096;
const STORED_BATCHES: usize = 512;
/// So many batches are in the sink at most: a group that is published, one that waits, and what gathers and what is
/// stored, each with the group that went beyond.
pub const MOST_BATCHES: usize =
    (1 + PUBLISHED) * PUBLISHED_BATCHES + 2 * (STORED_BATCHES + PUBLISHED_BATCHES);

/// Batches that are published, and then written, together.
pub(super) struct Together {
    pub findings: Findings,
    pub dead: Vec<DeadLetter>,
    pub now_ms: EpochMs,
    pub acks: Vec<Ack>,
    /// Somebody waits for the answer.
    awaited: bool,
    /// So many of the verdicts are kept whole.
    whole: usize,
}

impl From<Judged> for Together {
    fn from(judged: Judged) -> Self {
        let outcomes = judged.findings.outcomes.iter();
        Self {
            whole: outcomes.filter(|outcome| outcome.is_kept_whole()).count(),
            findings: judged.findings,
            dead: judged.dead,
            now_ms: judged.now_ms,
            awaited: judged.ack.is_awaited(),
            acks: vec![judged.ack],
        }
    }
}

impl Together {
    fn add(&mut self, next: Self) {
        self.findings.add(next.findings);
        self.dead.extend(next.dead);
        self.now_ms = next.now_ms;
        self.acks.extend(next.acks);
        self.awaited |= next.awaited;
        self.whole += next.whole;
    }

    /// More may be waiting than could be published with it.
    pub(super) fn was_cut(&self) -> bool {
        self.has(PUBLISHED_OUTCOMES, PUBLISHED_BATCHES)
    }

    fn has(&self, outcomes: usize, batches: usize) -> bool {
        self.findings.outcomes.len() >= outcomes || self.acks.len() >= batches
    }

    /// Adds what waits to be published, as far as there is room.
    pub(super) fn add_waiting(&mut self, input: &mut mpsc::Receiver<Judged>) {
        while !self.has(PUBLISHED_OUTCOMES, PUBLISHED_BATCHES)
            && let Ok(next) = input.try_recv()
        {
            self.add(next.into());
        }
    }

    /// Once dead letters are published nobody needs their bytes: many may gather while the store is away.
    pub(super) fn forget_payloads(&mut self) {
        for dead in &mut self.dead {
            (dead.record.key, dead.record.payload) = (None, None);
        }
    }
}

/// What is published and not yet stored.
pub(super) struct Gathering {
    published: mpsc::Receiver<Together>,
    /// What came while the store was busy.
    group: Option<Together>,
}

impl Gathering {
    pub(super) fn of(published: mpsc::Receiver<Together>) -> Self {
        let group = None;
        Self { published, group }
    }

    /// What has gathered, or the next to come; `None` once all is told.
    pub(super) async fn next(&mut self) -> Option<Together> {
        match self.group.take() {
            Some(group) => Some(group),
            None => self.published.recv().await,
        }
    }

    /// Gathers what is published during `work`, as far as there is room.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                // The work first: once it is done nobody waits for more.
                done = &mut work => return done,
                Some(next) = self.published.recv(), if !self.is_full() => self.add(next),
            }
        }
    }

    /// Gathers what is published during `rest`, and ends it when there is no room, somebody waits, or nothing more is
    /// to come.
    pub(super) async fn at_most_during(&mut self, rest: impl Future<Output = ()>) {
        let mut rest = pin!(rest);
        while !self.is_full() && !self.is_awaited() {
            tokio::select! {
                biased;
                // The rest first: a stream that never ends must not draw it out.
                () = &mut rest => return,
                next = self.published.recv() => match next {
                    Some(next) => self.add(next),
                    None => return,
                },
            }
        }
    }

    fn is_full(&self) -> bool {
        let full = |group: &Together| {
            group.has(STORED_OUTCOMES, STORED_BATCHES) || group.whole >= STORED_WHOLE
        };
        self.group.as_ref().is_some_and(full)
    }

    fn is_awaited(&self) -> bool {
        self.group.as_ref().is_some_and(|group| group.awaited)
    }

    fn add(&mut self, next: Together) {
        match &mut self.group {
            Some(group) => group.add(next),
            None => self.group = Some(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Record;
    use credsieve_models::attempt::{Reject, RejectKind};
    use credsieve_store::Origin;
    use std::future::pending;

    fn published(ack: Ack) -> Together {
        Judged {
            findings: Findings::default(),
            dead: Vec::new(),
            now_ms: 0,
            ack,
        }
        .into()
    }

    fn from_kafka() -> Ack {
        let (completions, _) = std::sync::mpsc::sync_channel(1);
        let done = Vec::new();
        Ack::Kafka { done, completions }
    }

    fn from_a_caller() -> Ack {
        let (reply, _) = tokio::sync::oneshot::channel();
        let taken = Vec::new();
        Ack::Http { taken, reply }
    }

    #[test]
    fn the_bytes_of_dead_letters_do_not_wait_for_the_store() {
        let mut group = published(from_kafka());
        group.dead.push(DeadLetter {
            record: Record {
                origin: Origin {
                    source: "logins".into(),
                    partition: 0,
                    offset: 1,
                    index: 0,
                },
                clock_ms: 0,
                key: Some(b"key".to_vec()),
                payload: Some(vec![b'x'; 1 << 20]),
            },
            reject: Reject {
                field: "",
                kind: RejectKind::NotJson,
                expected: "a JSON object",
                column: None,
            },
        });
        group.forget_payloads();
        assert_eq!(group.dead[0].record.bytes(), 0);
    }

    #[tokio::test]
    async fn verdicts_that_are_kept_whole_fill_a_group_before_others_do() {
        let (_publish, published_so_far) = mpsc::channel(1);
        let mut gathering = Gathering::of(published_so_far);
        let flagged = |whole| Together {
            whole,
            ..published(from_kafka())
        };
        gathering.add(flagged(STORED_WHOLE - 1));
        assert!(!gathering.is_full());
        gathering.add(flagged(1));
        assert!(gathering.is_full());
    }

    #[tokio::test]
    async fn the_rest_of_the_store_ends_when_somebody_waits_or_a_group_is_full_or_nothing_is_to_come()
     {
        let (publish, published_so_far) = mpsc::channel(STORED_BATCHES);
        let mut gathering = Gathering::of(published_so_far);
        let send = |ack| publish.try_send(published(ack)).ok().unwrap();
        let batches =
            |gathering: &mut Gathering| gathering.group.take().map_or(0, |g| g.acks.len());
        send(from_kafka());
        tokio::select! {
            biased;
            () = gathering.at_most_during(pending()) => panic!("nobody waits"),
            () = tokio::task::yield_now() => {}
        }
        send(from_a_caller());
        gathering.at_most_during(pending()).await;
        assert_eq!(batches(&mut gathering), 2);
        (0..STORED_BATCHES).for_each(|_| send(from_kafka()));
        gathering.at_most_during(pending()).await;
        assert_eq!(batches(&mut gathering), STORED_BATCHES);
        send(from_kafka());
        drop(publish);
        gathering.at_most_during(pending()).await;
        assert_eq!(batches(&mut gathering), 1);
    }
}
