//! Rows: what the engine knew of each stranger in labelled traffic, and whether it was an attack.

use crate::sources::{Event, Log, Source};
use anyhow::Result;
use credsieve_engine::card::{CardGroup, Marks, Trait};
use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::{LogOdds, Measure};
use credsieve_models::{Attempt, Entity, HashSeed, KeyHasher, Lane, Policy};
use std::sync::Arc;

/// A stranger's attempt.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub group: CardGroup,
    /// The step of each trait, in the order of the card.
    pub steps: [u8; Trait::COUNT],
    /// Its log-odds in nats without what the card says.
    pub without: f64,
    pub attack: bool,
    /// What it counts in the fit.
    pub counts: f64,
    /// For how many such rows it stands.
    pub stands_for: f64,
    /// Who made its log.
    pub generator: usize,
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
    pub all: Vec<Row>,
    /// All people's attempts, known or not, and all of the attacks, by who made them.
    totals: Vec<Totals>,
}

#[derive(Clone, Copy, Default)]
struct Totals {
    people: f64,
    attacks: f64,
}

/// Rows of a log and group that are learned from; of more, every second, third … one.
pub const LEARNED: usize = 25_000;

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
                made.judge(log, &source)?;
                made.thin_out(first, most_rows);
            }
        }
        Ok(made)
    }

    /// The rows of a group.
    pub fn of(&self, group: CardGroup) -> Vec<Row> {
        let of_group = self.all.iter().filter(|row| row.group == group);
        of_group.copied().collect()
    }

    fn judge(&mut self, mut log: Log, source: &Source<'_>) -> Result<()> {
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
                    self.add(event.attack, frame, &judgement, source);
                }
            }
        }
    }

    fn add(&mut self, attack: bool, frame: &Frame, judgement: &Judgement, source: &Source<'_>) {
        let generator = source.generator;
        if self.totals.len() <= generator {
            self.totals.resize(generator + 1, Totals::default());
        }
        let totals = &mut self.totals[generator];
        let total = if attack {
            &mut totals.attacks
        } else {
            &mut totals.people
        };
        *total += 1.0;
        let Some(marks) = judgement.marks else { return };
        self.all.push(Row {
            group: CardGroup::of(lane(judgement).unwrap_or(frame.lane())),
            steps: steps(&marks),
            without: without(judgement),
            attack,
            counts: source.counts,
            stands_for: 1.0,
            generator,
        });
    }

    /// Keeps a part of the rows from `first` on, which counts for all.
    fn thin_out(&mut self, first: usize, most_rows: usize) {
        let added = self.all.split_off(first);
        for group in CardGroup::ALL {
            let of_group: Vec<Row> = added.iter().filter(|r| r.group == group).copied().collect();
            let every = of_group.len().div_ceil(most_rows).max(1);
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let times = every as f64;
            self.all
                .extend(of_group.iter().step_by(every).map(|row| Row {
                    counts: row.counts * times,
                    stands_for: times,
                    ..*row
                }));
        }
    }

    /// Lets every generator count with the square root of its attempts: each is an opinion about how people and
    /// attackers behave, of which a large one knows more, but not by as much as it is larger.
    pub fn balance(&mut self) {
        let mut counted = vec![0.0; self.totals.len()];
        for row in &self.all {
            counted[row.generator] += row.counts;
        }
        let part = |generator: usize| {
            let Totals { people, attacks } = self.totals[generator];
            (people + attacks).sqrt()
        };
        let parts: Vec<f64> = (0..counted.len()).map(part).collect();
        let scale = counted.iter().sum::<f64>() / parts.iter().sum::<f64>();
        for row in &mut self.all {
            row.counts *= scale * parts[row.generator] / counted[row.generator];
        }
    }

    /// Says what scores of these rows would catch by generator, were one threshold set for each so that it
    /// hits some share of people.
    pub fn print(&self, name: &str, score: impl Fn(usize, &Row) -> f64) {
        for (generator, totals) in self.totals.iter().enumerate() {
            let of_generator = self.all.iter().enumerate();
            let mut scored: Vec<(f64, &Row)> = of_generator
                .filter(|(_, row)| row.generator == generator)
                .map(|(at, row)| (score(at, row), row))
                .collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0));
            let caught = [2_000.0, 1_000.0, 500.0].map(|one_in| {
                let allowed = totals.people / one_in;
                100.0 * caught(&scored, allowed) / totals.attacks.max(1.0)
            });
            if !scored.is_empty() {
                println!(
                    "{name}, generator {generator}: at 0.05, 0.1 and 0.2 % of people {:.1}, {:.1} and {:.1} % of the attack's attempts",
                    caught[0], caught[1], caught[2]
                );
            }
        }
    }
}

/// How many attempts of the attack a threshold catches that hits so many of people at most.
fn caught(scored: &[(f64, &Row)], mut people: f64) -> f64 {
    let mut caught = 0.0;
    for alike in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let of = |attack: bool| {
            let rows = alike.iter().filter(|(_, row)| row.attack == attack);
            rows.map(|(_, row)| row.stands_for).sum::<f64>()
        };
        people -= of(false);
        if people < 0.0 {
            break;
        }
        caught += of(true);
    }
    caught
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
                    | Measure::CopiedDevice
                    | Measure::BreachedPassword
            )
        })
        .map(|reason| reason.weight.0)
        .sum();
    LogOdds(Policy::default().decision.prior.0.0 + beside).nats()
}
