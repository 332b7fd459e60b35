//! Risk feed: from durable outcomes to the book of hostile entities and its topic, for API nodes that
//! do not see the stream.

use crate::risk::{Known, RiskBook, RiskPublisher};
use credsieve_engine::Judgement;
use credsieve_models::time::EpochMs;
use credsieve_store::Outcome;
use std::time::{Duration, Instant};

/// How often expired entities are taken out while nothing comes in.
pub const EXPIRE_EVERY: Duration = Duration::from_secs(10);

/// What the engine knows beside a verdict, for API nodes alone.
#[derive(Debug, Default)]
pub struct Beside {
    /// Many good users share the attempt's address.
    pub shared_address: bool,
    /// Tags of the user's devices, in the upper half.
    pub familiar_devices: Vec<u64>,
}

impl Beside {
    /// What a judgement says.
    #[must_use]
    pub fn of(judgement: &Judgement) -> Self {
        let tags = judgement.known_devices.iter();
        Self {
            shared_address: judgement.shared_address,
            familiar_devices: tags.map(|tag| u64::from(*tag) << 32).collect(),
        }
    }
}

/// The book, its way out, and the engine's time.
pub struct RiskFeed {
    book: RiskBook,
    publisher: RiskPublisher,
    now_ms: EpochMs,
    at: Instant,
}

impl RiskFeed {
    /// A feed into this book and publisher.
    #[must_use]
    pub fn new(book: RiskBook, publisher: RiskPublisher) -> Self {
        Self {
            book,
            publisher,
            now_ms: EpochMs::MIN,
            at: Instant::now(),
        }
    }

    /// Takes durable outcomes in the order of the stream, each with what is known beside it.
    pub fn observe(&mut self, outcomes: &[Outcome], beside: &[Beside], now_ms: EpochMs) {
        (self.now_ms, self.at) = (now_ms, Instant::now());
        let mut changes = Vec::new();
        for (outcome, beside) in outcomes.iter().zip(beside) {
            let known = Known {
                familiar_devices: &beside.familiar_devices,
                shared_address: beside.shared_address,
            };
            self.book.observe(outcome, known, now_ms, &mut changes);
        }
        self.publisher.offer(changes);
    }

    /// Takes out what has expired since.
    pub fn expire(&mut self) {
        let since = i64::try_from(self.at.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut changes = Vec::new();
        self.book
            .expire(self.now_ms.saturating_add(since), &mut changes);
        self.publisher.offer(changes);
    }
}
