//! Rows: what the engine knew of each stranger in labelled traffic, and whether it was an attack.

use crate::card::Card;
use crate::sources::{Event, Log, Source};
use anyhow::Result;
use credsieve_engine::card::{Group, Marks, Trait};
use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::{LogOdds, Measure};
use credsieve_models::{Attempt, Entity, HashSeed, KeyHasher, Lane, Policy};
use std::sync::Arc;

/// A stranger's attempt.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub group: Group,
    /// The step of each trait, in the order of the card.
    pub steps: [u8; Trait::COUNT],
    /// Its log-odds in nats without what the card says.
    pub without: f64,
    pub attack: bool,
    /// What it counts in the fit.
    pub counts: f64,
}

impl Row {
    /// The step of a trait.
    pub fn step(&self, of: Trait) -> usize {
        usize::from(self.steps[of as usize])
    }

    /// What it counts, and how far log-odds are from what it is: the gradient of its log-loss.
    pub fn pull(&self, expected: f64) -> f64 {
        self.counts * (f64::from(u8::from(self.attack)) - expected)
    }
}

/// The rows of some traffic.
#[derive(Default)]
pub struct Rows {
    all: Vec<Row>,
    /// All people's attempts, known or not, and all of the attacks.
    people: u64,
    attacks: u64,
}

/// Rows of a log and group that are learned from; of more, every second, third … one.
pub const LEARNED: usize = 30_000;

/// Attempts that are judged together.
const BATCH: usize = 4_096;

/// Later than every attempt: a log is not read as it happens.
const CLOCK_MS: i64 = i64::MAX / 2;

impl Rows {
    /// Lets the engine judge traffic, and keeps so many rows of each log and group, which count for all.
    pub fn collect<'a>(
        sources: impl IntoIterator<Item = Source<'a>>,
        most_rows: usize,
    ) -> Result<Self> {
        let mut made = Self::default();
        for source in sources {
            for (name, log) in source.logs()? {
                eprintln!("{name}");
                let first = made.all.len();
                made.judge(log, source.counts)?;
                made.thin_out(first, most_rows);
            }
        }
        Ok(made)
    }

    /// The rows of a group.
    pub fn of(&self, group: Group) -> Vec<Row> {
        let of_group = self.all.iter().filter(|row| row.group == group);
        of_group.copied().collect()
    }

    fn judge(&mut self, mut log: Log, counts: f64) -> Result<()> {
        let mut engine = Engine::new(Arc::new(Policy::default()), HashSeed::REPLAY);
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let names = NameSet::parse("", &HashSeed::REPLAY);
        loop {
            let events: Vec<Event> = log.by_ref().take(BATCH).collect::<Result<_>>()?;
            if events.is_empty() {
                return Ok(());
            }
            let frame = |event: &Event| {
                let attempt = Attempt::parse(event.json.as_bytes(), CLOCK_MS)
                    .map_err(|reject| anyhow::anyhow!("{reject}: {}", event.json))?;
                Ok(Frame::new(&attempt, CLOCK_MS, &hasher, &names))
            };
            let frames: Vec<Frame> = events.iter().map(frame).collect::<Result<_>>()?;
            let mut observed = Vec::with_capacity(events.len());
            engine.observe(&frames, &mut observed);
            // An event that came twice is judged once.
            let judged = observed.into_iter().filter_map(|said| match said {
                Observed::Judged(judgement) => Some(Some(judgement)),
                Observed::Repeat => Some(None),
                Observed::Revised(_) | Observed::Campaign(_) => None,
            });
            for ((event, frame), judgement) in events.iter().zip(&frames).zip(judged) {
                if let Some(judgement) = judgement.filter(|_| !event.undecidable) {
                    self.add(event.attack, frame, &judgement, counts);
                }
            }
        }
    }

    fn add(&mut self, attack: bool, frame: &Frame, judgement: &Judgement, counts: f64) {
        self.people += u64::from(!attack);
        self.attacks += u64::from(attack);
        let Some(marks) = judgement.marks else { return };
        self.all.push(Row {
            group: Group::of(lane(judgement).unwrap_or(frame.lane())),
            steps: steps(&marks),
            without: without(judgement),
            attack,
            counts,
        });
    }

    /// Keeps a part of the rows from `first` on, which counts for all.
    fn thin_out(&mut self, first: usize, most_rows: usize) {
        let added = self.all.split_off(first);
        for group in Group::ALL {
            let of_group: Vec<Row> = added.iter().filter(|r| r.group == group).copied().collect();
            let every = of_group.len().div_ceil(most_rows).max(1);
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let times = every as f64;
            self.all
                .extend(of_group.iter().step_by(every).map(|row| Row {
                    counts: row.counts * times,
                    ..*row
                }));
        }
    }

    /// Says what a card would catch, were one threshold set so that it hits some share of people.
    pub fn print(&self, name: &str, card: &Card) {
        let score = |row: &Row| (card.log_odds(row), row.attack);
        let mut scored: Vec<(f64, bool)> = self.all.iter().map(score).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        for share in [2_000, 1_000, 500] {
            let mut people = 0;
            let caught = scored
                .iter()
                .take_while(|(_, attack)| {
                    people += u64::from(!attack);
                    people <= self.people / share
                })
                .filter(|(_, attack)| *attack)
                .count() as u64;
            let permyriad = caught * 10_000 / self.attacks.max(1);
            println!(
                "{name}: at one in {share} people {}.{:02} % of the attack's attempts",
                permyriad / 100,
                permyriad % 100
            );
        }
    }
}

fn steps(marks: &Marks) -> [u8; Trait::COUNT] {
    std::array::from_fn(|at| marks.step(Trait::ALL[at]))
}

/// The lane in which the engine judged: a service that says `other` of everything is taken as one that says
/// nothing.
fn lane(judgement: &Judgement) -> Option<Lane> {
    let mut entities = judgement.reasons.iter().map(|reason| reason.entity);
    entities.find_map(|entity| match entity {
        Entity::Lane(lane) => Some(lane),
        _ => None,
    })
}

/// The log-odds that an attempt has from what is not on the card, in nats.
fn without(judgement: &Judgement) -> f64 {
    let beside: i32 = judgement
        .reasons
        .iter()
        .filter(|reason| {
            matches!(
                reason.measure,
                Measure::Attempts
                    | Measure::Passwords
                    | Measure::UnknownUserShare
                    | Measure::ListedName
                    | Measure::BreachedPassword
            )
        })
        .map(|reason| reason.weight.0)
        .sum();
    LogOdds(Policy::default().decision.prior.0.0 + beside).nats()
}
