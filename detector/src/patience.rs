//! Patience: waits out the trouble of one output with one batch.

use crate::metrics::Metrics;
use crate::readiness::Readiness;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// The process is ending and an output is still in trouble. What is not confirmed is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the process ended while {0} was in trouble")]
pub struct GaveUp(pub &'static str);

/// How trouble is waited out, and who is told of it.
#[derive(Clone)]
pub struct Patience {
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What the process waits for.
    pub readiness: Arc<Readiness>,
    /// From here on trouble is no longer waited out.
    pub give_up: CancellationToken,
}

impl Patience {
    /// Patience with an output that is about to be written.
    #[must_use]
    pub fn with(&self, output: &'static str) -> Trouble<'_> {
        Trouble {
            patience: self,
            output,
            since: Instant::now(),
            // The jitter keeps several detectors from knocking at the same moment.
            delays: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(50))
                .with_max_delay(Duration::from_secs(5))
                .without_max_times()
                .with_jitter()
                .build(),
            began: false,
        }
    }
}

/// What an output may have. Its beginning and its end are logged, once each.
pub struct Trouble<'a> {
    patience: &'a Patience,
    output: &'static str,
    since: Instant,
    delays: ExponentialBackoff,
    began: bool,
}

impl Trouble<'_> {
    /// Waits a while before the output is tried again.
    ///
    /// # Errors
    /// When the process is ending.
    pub async fn wait(&mut self, error: &impl Display) -> Result<(), GaveUp> {
        self.patience.metrics.retry(self.output);
        if !self.began {
            self.began = true;
            tracing::warn!(output = self.output, %error, "an output is in trouble; the stream waits");
            let what = format!("{} to take the output again", self.output);
            self.patience.readiness.wait(self.part(), what);
        }
        let delay = self.delays.next().unwrap_or(Duration::from_secs(5));
        tokio::select! {
            biased;
            // The end of the process first: it has a deadline.
            () = self.patience.give_up.cancelled() => Err(GaveUp(self.output)),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    /// The output has taken it.
    pub fn over(self) {
        let took = self.since.elapsed();
        self.patience.metrics.wrote(self.output, took);
        if self.began {
            self.patience.readiness.ready(self.part());
            let seconds = took.as_secs();
            tracing::info!(output = self.output, seconds, "an output works again");
        }
    }

    fn part(&self) -> &'static str {
        match self.output {
            "kafka" => "kafka output",
            _ => "store output",
        }
    }
}
