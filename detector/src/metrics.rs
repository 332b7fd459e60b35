//! Metrics: what an operator can count. Each has a unit in its name and a line of help; labels are
//! from small fixed sets, never an address, a user or a tenant.

use crate::findings::Findings;
use credsieve_engine::EngineStats;
use credsieve_models::alert::Alert;
use credsieve_models::attempt::RejectKind;
use credsieve_models::campaign::Phase;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One label whose name is given by the type.
macro_rules! label {
    ($name:ident { $field:ident }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
        struct $name {
            $field: &'static str,
        }
    };
}

label!(SourceLabel { source });
label!(OutcomeLabel { outcome });
label!(ReasonLabel { reason });
label!(QueueLabel { queue });
label!(OutputLabel { output });
label!(EventLabel { event });
label!(KindLabel { kind });
label!(PhaseLabel { phase });

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    decision: &'static str,
    attack: &'static str,
}

/// The one outcome in which every record ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was judged.
    Verdict,
    /// It was no attempt.
    DeadLetter,
    /// It was seen before.
    Repeat,
}

impl Ended {
    const ALL: [Self; 3] = [Self::Verdict, Self::DeadLetter, Self::Repeat];

    fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::DeadLetter => "dead_letter",
            Self::Repeat => "repeat",
        }
    }
}

/// Every metric of the detector. Other parts of the process add theirs with [`Metrics::register`].
#[derive(Debug)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    records: Family<SourceLabel, Counter>,
    outcomes: Family<OutcomeLabel, Counter>,
    verdicts: Family<VerdictLabels, Counter>,
    revisions: Family<VerdictLabels, Counter>,
    alerts: Family<KindLabel, Counter>,
    campaigns: Family<PhaseLabel, Counter>,
    dead_letters: Family<ReasonLabel, Counter>,
    queues: Family<QueueLabel, Gauge>,
    retries: Family<OutputLabel, Counter>,
    write_seconds: Family<OutputLabel, Histogram>,
    rebalances: Family<EventLabel, Counter>,
    kafka_errors: Counter,
    kafka_paused: Gauge,
    kafka_pauses: Counter,
    stale_completions: Counter,
    state_restored: Gauge,
    engine: EngineMetrics,
}

#[derive(Debug, Default)]
struct EngineMetrics {
    attempts: Counter,
    repeats: Counter,
    late: Counter,
    evicted: Counter,
    deltas_dropped: Counter,
    state_bytes: Gauge,
    live_entities: Gauge,
    filter_fill: Gauge,
    watermark: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Arc::default(),
            records: Family::default(),
            outcomes: Family::default(),
            verdicts: Family::default(),
            revisions: Family::default(),
            alerts: Family::default(),
            campaigns: Family::default(),
            dead_letters: Family::default(),
            queues: Family::default(),
            retries: Family::default(),
            write_seconds: Family::new_with_constructor(|| {
                // From half a millisecond to about 16 s, doubling.
                Histogram::new((0..16).map(|power| 0.000_5 * f64::from(1 << power)))
            }),
            rebalances: Family::default(),
            kafka_errors: Counter::default(),
            kafka_paused: Gauge::default(),
            kafka_pauses: Counter::default(),
            stale_completions: Counter::default(),
            state_restored: Gauge::default(),
            engine: EngineMetrics::default(),
        };
        metrics.register(|registry| {
            metrics.register_stream(registry);
            metrics.register_kafka(registry);
            metrics.engine.register(registry);
        });
        // So that what never happened reads 0 and not nothing.
        for outcome in Ended::ALL {
            metrics.ended(outcome, 0);
        }
        for kind in [Alert::TAKEOVER, Alert::CAMPAIGN] {
            metrics.alerts.get_or_create(&KindLabel { kind }).inc_by(0);
        }
        for phase in [Phase::Opened.name(), Phase::Closed.name()] {
            let label = PhaseLabel { phase };
            metrics.campaigns.get_or_create(&label).inc_by(0);
        }
        metrics
    }
}

impl Metrics {
    /// Adds metrics of another part of the process. Their names begin with `credsieve_`.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The registry, for parts of the process that keep adding to it.
    #[must_use]
    pub fn registry(&self) -> Arc<Mutex<Registry>> {
        Arc::clone(&self.registry)
    }

    /// Everything in the text format of `OpenMetrics`.
    ///
    /// # Panics
    /// Never: writing to a string does not fail.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        encode(&mut text, &registry).expect("writing to a string does not fail");
        text
    }

    fn register_stream(&self, registry: &mut Registry) {
        let records = "Records taken in, by source";
        registry.register("credsieve_records", records, self.records.clone());
        let outcomes = "Records by the one outcome that each ends in, once it is durable";
        registry.register("credsieve_outcomes", outcomes, self.outcomes.clone());
        let verdicts = "Verdicts by decision and kind of attack, once they are durable";
        registry.register("credsieve_verdicts", verdicts, self.verdicts.clone());
        let revisions = "Later verdicts on attempts that had one, by what they say now";
        registry.register("credsieve_revisions", revisions, self.revisions.clone());
        let alerts = "Alerts given, by kind";
        registry.register("credsieve_alerts", alerts, self.alerts.clone());
        let campaigns = "Campaigns, by what became of them: opened, closed";
        registry.register("credsieve_campaigns", campaigns, self.campaigns.clone());
        let dead = "Records that are no attempt, by what is wrong with them";
        registry.register("credsieve_dead_letters", dead, self.dead_letters.clone());
        let queues = "Batches that wait in a queue of the pipeline";
        registry.register("credsieve_queue_batches", queues, self.queues.clone());
        let retries = "Attempts to write a batch that failed and were repeated, by output";
        registry.register("credsieve_sink_retries", retries, self.retries.clone());
        let seconds = "Seconds until an output had a batch durable";
        registry.register(
            "credsieve_sink_write_seconds",
            seconds,
            self.write_seconds.clone(),
        );
        let restored = "1 where what the last run remembered was read back at the start, 0 where nothing was remembered";
        registry.register(
            "credsieve_state_restored",
            restored,
            self.state_restored.clone(),
        );
    }

    fn register_kafka(&self, registry: &mut Registry) {
        let rebalances = "Changes of the assignment, by event: assign, revoke, lost";
        registry.register("credsieve_rebalances", rebalances, self.rebalances.clone());
        let errors = "Errors of the Kafka consumer from which it recovers by itself";
        registry.register("credsieve_kafka_errors", errors, self.kafka_errors.clone());
        let paused = "1 while the intake is paused because the stages behind it are full";
        registry.register("credsieve_kafka_paused", paused, self.kafka_paused.clone());
        let pauses =
            "Times that the intake was paused, each of which throws away what was read ahead";
        registry.register("credsieve_kafka_pauses", pauses, self.kafka_pauses.clone());
        let stale = "Records that became durable after their partition was given away";
        registry.register(
            "credsieve_stale_completions",
            stale,
            self.stale_completions.clone(),
        );
    }

    /// Counts records taken in.
    pub fn records_in(&self, source: &'static str, count: usize) {
        self.records
            .get_or_create(&SourceLabel { source })
            .inc_by(count as u64);
    }

    /// Counts records by their outcome.
    pub fn ended(&self, outcome: Ended, count: usize) {
        let label = OutcomeLabel {
            outcome: outcome.name(),
        };
        self.outcomes.get_or_create(&label).inc_by(count as u64);
    }

    /// Counts what was said about attempts and campaigns, once it is durable.
    pub fn findings(&self, findings: &Findings) {
        let mut said: BTreeMap<_, u64> = BTreeMap::new();
        for outcome in &findings.outcomes {
            let verdict = &outcome.verdict;
            let kind = (outcome.is_revision(), verdict.decision, verdict.attack);
            *said.entry(kind).or_default() += 1;
        }
        for ((is_revision, decision, attack), count) in said {
            let labels = VerdictLabels {
                decision: decision.name(),
                attack: attack.name(),
            };
            let family = if is_revision {
                &self.revisions
            } else {
                &self.verdicts
            };
            family.get_or_create(&labels).inc_by(count);
        }
        for alert in &findings.alerts {
            let kind = alert.kind();
            self.alerts.get_or_create(&KindLabel { kind }).inc();
        }
        for campaign in &findings.campaigns {
            if campaign.phase != Phase::Growing {
                let phase = campaign.phase.name();
                self.campaigns.get_or_create(&PhaseLabel { phase }).inc();
            }
        }
    }

    /// Counts a dead letter by what is wrong with it.
    pub fn dead_letter(&self, kind: RejectKind) {
        self.dead_letters
            .get_or_create(&ReasonLabel {
                reason: kind.name(),
            })
            .inc();
    }

    /// How many batches wait in a queue.
    pub fn queue<T>(&self, queue: &'static str, sender: &tokio::sync::mpsc::Sender<T>) {
        let waiting = sender.max_capacity() - sender.capacity();
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        self.queues
            .get_or_create(&QueueLabel { queue })
            .set(waiting);
    }

    /// Counts a failed attempt to write.
    pub fn retry(&self, output: &'static str) {
        self.retries.get_or_create(&OutputLabel { output }).inc();
    }

    /// Notes how long an output took for a batch.
    pub fn wrote(&self, output: &'static str, took: Duration) {
        self.write_seconds
            .get_or_create(&OutputLabel { output })
            .observe(took.as_secs_f64());
    }

    /// Counts a change of the assignment.
    pub fn rebalance(&self, event: &'static str) {
        self.rebalances.get_or_create(&EventLabel { event }).inc();
    }

    /// Counts an error of the consumer that passes.
    pub fn kafka_error(&self) {
        self.kafka_errors.inc();
    }

    /// Whether the intake is paused, when that changes.
    pub fn paused(&self, paused: bool) {
        self.kafka_pauses.inc_by(u64::from(paused));
        self.kafka_paused.set(i64::from(paused));
    }

    /// Counts outcomes that came after their partition was given away.
    pub fn stale(&self, count: u64) {
        self.stale_completions.inc_by(count);
    }

    /// Whether what the last run remembered was read back at the start.
    pub fn restored(&self, restored: bool) {
        self.state_restored.set(i64::from(restored));
    }

    /// Copies the engine's counters.
    pub fn engine(&self, stats: &EngineStats, watermark_ms: i64) {
        let whole = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let engine = &self.engine;
        for (counter, value) in [
            (&engine.attempts, stats.attempts),
            (&engine.repeats, stats.repeats),
            (&engine.late, stats.late),
            (&engine.evicted, stats.evicted),
            (&engine.deltas_dropped, stats.deltas_dropped),
        ] {
            counter.inc_by(value.saturating_sub(counter.get()));
        }
        engine.state_bytes.set(whole(stats.state_bytes));
        engine.live_entities.set(whole(stats.live_entities));
        engine
            .filter_fill
            .set(i64::from(stats.filter_fill_permille));
        engine.watermark.set(watermark_ms.div_euclid(1_000));
    }
}

impl EngineMetrics {
    /// What only rises is a counter: with a state that is read back it goes on where the last run left it, and begins anew
    /// with an empty one, as counters do.
    fn register(&self, registry: &mut Registry) {
        for (name, help, counter) in [
            (
                "credsieve_engine_attempts",
                "Attempts judged by this state",
                &self.attempts,
            ),
            (
                "credsieve_engine_repeats",
                "Attempts recognised as repeats",
                &self.repeats,
            ),
            (
                "credsieve_engine_late",
                "Attempts older than the windows",
                &self.late,
            ),
            (
                "credsieve_engine_evicted",
                "Entities evicted from full sets",
                &self.evicted,
            ),
            (
                "credsieve_engine_deltas_dropped",
                "Keyed deltas beyond a tick's limit",
                &self.deltas_dropped,
            ),
        ] {
            registry.register(name, help, counter.clone());
        }
        for (name, help, gauge) in [
            (
                "credsieve_engine_state_bytes",
                "Bytes of state",
                &self.state_bytes,
            ),
            (
                "credsieve_engine_live_entities",
                "Entities in the tables",
                &self.live_entities,
            ),
            (
                "credsieve_engine_filter_fill_permille",
                "Fill of the fullest pair filter",
                &self.filter_fill,
            ),
            (
                "credsieve_engine_watermark_seconds",
                "Event time reached, since 1970",
                &self.watermark,
            ),
        ] {
            registry.register(name, help, gauge.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_help_and_counters_end_in_total() {
        let metrics = Metrics::default();
        metrics.ended(Ended::Repeat, 3);
        metrics.dead_letter(RejectKind::NotJson);
        let text = metrics.encode();
        assert!(
            text.contains("credsieve_outcomes_total{outcome=\"repeat\"} 3"),
            "{text}"
        );
        assert!(
            text.contains("credsieve_dead_letters_total{reason=\"not_json\"} 1"),
            "{text}"
        );
        let stats = |attempts, live_entities| EngineStats {
            attempts,
            live_entities,
            ..EngineStats::default()
        };
        metrics.engine(&stats(7, 5), 0);
        metrics.engine(&stats(9, 4), 0);
        let text = metrics.encode();
        for line in [
            "# TYPE credsieve_engine_attempts counter",
            "credsieve_engine_attempts_total 9",
            "credsieve_engine_deltas_dropped_total 0",
            "# TYPE credsieve_engine_live_entities gauge",
            "credsieve_engine_live_entities 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        let names = |mark: &str| text.lines().filter(|line| line.starts_with(mark)).count();
        assert_eq!(names("# HELP"), names("# TYPE"));
    }
}
