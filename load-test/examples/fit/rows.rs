//! Rows: what the engine knew of each stranger in labelled traffic, and whether it was an attack.

use anyhow::Result;
use credsieve_engine::card::{self, Group, Marks, Trait};
use credsieve_engine::{Engine, Frame, Judgement, Observed};
use credsieve_load_test::{Labelled, Mix, MixFile};
use credsieve_models::names::NameSet;
use credsieve_models::verdict::{LogOdds, Measure};
use credsieve_models::{Attempt, HashSeed, KeyHasher, Policy};
use std::path::Path;
use std::sync::Arc;

/// Traffic to learn from.
pub struct Source {
    mix: &'static str,
    /// What in `[size]` differs from the mix.
    size: &'static str,
    seeds: &'static [u64],
    /// What each attempt counts.
    counts: f64,
}

impl Source {
    pub const fn new(
        mix: &'static str,
        size: &'static str,
        seeds: &'static [u64],
        counts: f64,
    ) -> Self {
        Self {
            mix,
            size,
            seeds,
            counts,
        }
    }

    fn file(&self) -> Result<MixFile> {
        if self.size.is_empty() {
            MixFile::read(Path::new(self.mix))
        } else {
            MixFile::parse(&format!("[size]\n{}\n", self.size), self.size)
        }
    }
}

/// A stranger's attempt.
#[derive(Clone, Copy)]
pub struct Row {
    pub group: Group,
    pub marks: Marks,
    /// Its log-odds in nats without what the card says.
    pub without: f64,
    pub attack: bool,
    /// What it counts in the fit.
    pub counts: f64,
}

/// The rows of some traffic.
pub struct Rows {
    all: Vec<Row>,
    /// All people's attempts, known or not, and all of the attacks.
    people: u64,
    attacks: u64,
}

/// Rows of a log and group that are learned from; of more, every second, third … one.
const MOST_ROWS: usize = 30_000;

/// Attempts that are judged together.
const BATCH: usize = 4_096;

impl Rows {
    /// Makes the traffic and lets the engine judge it.
    pub fn collect(sources: &[Source]) -> Result<Self> {
        let mut made = Self {
            all: Vec::new(),
            people: 0,
            attacks: 0,
        };
        for source in sources {
            for seed in source.seeds {
                eprintln!("{} {} seed {seed}", source.mix, source.size);
                let first = made.all.len();
                made.judge(Mix::from_file(&source.file()?, *seed)?, source.counts);
                if sources.len() > 1 {
                    made.thin_out(first);
                }
            }
        }
        Ok(made)
    }

    /// The rows of a group.
    pub fn of(&self, group: Group) -> Vec<Row> {
        let of_group = self.all.iter().filter(|row| row.group == group);
        of_group.copied().collect()
    }

    fn judge(&mut self, mut mix: Mix, counts: f64) {
        let mut engine = Engine::new(Arc::new(Policy::default()), HashSeed::REPLAY);
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let names = NameSet::parse("", &HashSeed::REPLAY);
        loop {
            let events: Vec<Labelled> = mix.by_ref().take(BATCH).collect();
            if events.is_empty() {
                return;
            }
            let clock_ms = i64::MAX / 2;
            let frames: Vec<Frame> = events
                .iter()
                .map(|event| {
                    let attempt = Attempt::parse(event.event_json.as_bytes(), event.time_ms)
                        .expect("the generator writes events that can be read");
                    Frame::new(&attempt, clock_ms, &hasher, &names)
                })
                .collect();
            let mut observed = Vec::with_capacity(events.len());
            engine.observe(&frames, &mut observed);
            let judged = observed.into_iter().filter_map(|said| match said {
                Observed::Judged(judgement) => Some(judgement),
                _ => None,
            });
            for ((event, frame), judgement) in events.iter().zip(&frames).zip(judged) {
                if !event.undecidable {
                    self.add(event, frame, &judgement, counts);
                }
            }
        }
    }

    fn add(&mut self, event: &Labelled, frame: &Frame, judgement: &Judgement, counts: f64) {
        self.people += u64::from(!event.attack);
        self.attacks += u64::from(event.attack);
        let Some(marks) = judgement.marks else { return };
        self.all.push(Row {
            group: Group::of(frame.lane()),
            marks,
            without: without(judgement),
            attack: event.attack,
            counts,
        });
    }

    /// Keeps a part of the rows from `first` on, which counts for all.
    fn thin_out(&mut self, first: usize) {
        let added = self.all.split_off(first);
        for group in Group::ALL {
            let of_group: Vec<Row> = added.iter().filter(|r| r.group == group).copied().collect();
            let every = of_group.len().div_ceil(MOST_ROWS).max(1);
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let times = every as f64;
            self.all
                .extend(of_group.iter().step_by(every).map(|row| Row {
                    counts: row.counts * times,
                    ..*row
                }));
        }
    }

    /// Says what weights would catch, were one threshold set so that it hits some share of people.
    pub fn print(&self, name: &str, weights: &[Vec<Vec<f64>>]) {
        let mut scored: Vec<(f64, bool)> = self
            .all
            .iter()
            .map(|row| {
                let weights = &weights[row.group as usize];
                let card: f64 = Trait::ALL
                    .iter()
                    .map(|of| weights[*of as usize][usize::from(row.marks.step(*of))])
                    .sum();
                (row.without + card, row.attack)
            })
            .collect();
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

/// The log-odds that an attempt has from what is not on the card, in nats.
fn without(judgement: &Judgement) -> f64 {
    let beside: i32 = judgement
        .reasons
        .iter()
        .filter(|reason| {
            matches!(
                reason.measure,
                Measure::Attempts
                    | Measure::UnknownUserShare
                    | Measure::ListedName
                    | Measure::BreachedPassword
            )
        })
        .map(|reason| reason.weight.0)
        .sum();
    LogOdds(Policy::default().decision.prior.0.0 + beside).nats()
}

/// The weights that the engine has now, in nats.
pub fn standing() -> Vec<Vec<Vec<f64>>> {
    let of_step = |group, of: Trait, step| LogOdds(card::weight(group, of, step)).nats();
    Group::ALL
        .iter()
        .map(|group| {
            Trait::ALL
                .iter()
                .map(|of| {
                    (0..=of.steps().len())
                        .map(|step| of_step(*group, *of, u8::try_from(step).unwrap_or(u8::MAX)))
                        .collect()
                })
                .collect()
        })
        .collect()
}
