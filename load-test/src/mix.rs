//! The mix: streams of honest and hostile attempts, merged in the order of time.
//!
//! Invariant: a seed and a mix file give the same events, byte for byte, for ever, in bounded
//! memory. Every stream is a sequence of arrivals; an arrival makes one or more plans, and those
//! still to come wait in a heap, which is bounded by what is begun in the longest wait.

mod crowds;
mod expect;
mod file;
mod streams;
pub mod units;

use crate::agents::Moment;
use crate::attacks::{Attack, Knobs, Target};
use crate::calendar::Calendar;
use crate::names::Name;
use crate::people::{DAY, HOUR, People, SECOND};
use crate::plan::{Labelled, Pending, Plan};
use crate::rng::{Rng, hash};
use crate::writer::Writer;
use credsieve_models::attempt::{FailureReason, Outcome};
use credsieve_models::time::EpochMs;
use std::collections::BinaryHeap;
use std::sync::Arc;
use streams::{Hours, Kind, Pace, Stream};

pub use crowds::*;
pub use file::{
    A_MONDAY_MS, Amount, AttackEntry, DEFAULT_MIX, Fields, MixFile, Size, Start, Visits,
};
pub use units::{Percent, Span};

/// The most plans that may wait. The default mix keeps a few thousand; what is beyond is not begun.
const MOST_WAITING: usize = 1 << 20;

/// Labelled traffic in the order of time: an iterator that ends where the configuration says, or never.
#[derive(Clone, Debug)]
pub struct Mix {
    start_ms: EpochMs,
    end_us: u64,
    people: People,
    outage: Hours,
    app_release: Hours,
    streams: Vec<Stream>,
    pending: BinaryHeap<Pending>,
    made: Vec<Plan>,
    planned: u64,
    chance: Rng,
    history: History,
    writer: Writer,
}

/// What a mix is made of, where no file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The same seed gives the same traffic.
    pub seed: u64,
    /// When it begins.
    pub start_ms: EpochMs,
    /// How long it lasts; the schedule of the default mix is pressed into that time.
    pub duration_ms: u64,
    /// How many people have an account.
    pub people: u32,
    /// How many offices they work in.
    pub offices: u32,
    /// The share of attempts that are an attack, in percent, below 100.
    pub attack_percent: u32,
}

impl Settings {
    fn file(&self) -> MixFile {
        let mut file = MixFile::standard();
        file.size.people = self.people.max(1);
        file.size.start = Start(self.start_ms);
        file.size.attack_share = Percent::new(u64::from(self.attack_percent.min(99)));
        // They come two or three times a day.
        file.size.visits_per_day = Visits(280);
        let office = &mut file.crowds.office;
        let employed = office.share.part_of(u64::from(self.people));
        office.people = (employed / u64::from(self.offices.max(1))).max(1);
        if self.offices == 0 {
            office.share = Percent::new(0);
        }
        file
    }

    /// The time in which that many events are to be expected, in milliseconds.
    #[must_use]
    pub fn duration_for(&self, events: u64) -> u64 {
        Mix::span_for(&self.file(), self.seed, events) / 1_000
    }
}

/// How often each person has got in.
#[derive(Clone, Debug, Default)]
struct History {
    /// By number: those from the beginning and those who joined.
    people: Vec<u8>,
    /// Those who joined in the new country.
    launched: Vec<u8>,
}

impl History {
    /// The count of the account of that name, where it is somebody's.
    fn of(&mut self, people: &People, name: Name) -> Option<&mut u8> {
        let Name::Of(number) = name else { return None };
        if !people.is_person(number) {
            return None;
        }
        let (list, index) = match number.checked_sub(people.first_launched()) {
            Some(index) => (&mut self.launched, index as usize),
            None => (&mut self.people, number as usize),
        };
        if index >= list.len() {
            // Beyond those who joined there are numbers that nobody has yet.
            if number >= people.count && !people.has_joined(number) {
                return None;
            }
            list.resize((index + 1).max(list.len() * 5 / 4), 0);
        }
        list.get_mut(index)
    }
}

/// Knobs written here, with thieves who come at once.
fn at_the_pace_of_a_show(knobs: &str) -> Knobs {
    let mut knobs: Knobs = serde_json::from_str(knobs).expect("constant knobs that the tests read");
    knobs.set_thief_after(crate::attacks::units::Span::seconds(10, 30));
    knobs
}

impl Mix {
    /// The traffic of a mix file, over its days.
    ///
    /// # Errors
    /// When an attack's knobs are wrong.
    pub fn from_file(file: &MixFile, seed: u64) -> anyhow::Result<Self> {
        Self::over(file, seed, file.size.days * DAY)
    }

    /// The traffic of a mix file, its schedule pressed into (or stretched over) another span.
    ///
    /// # Errors
    /// When an attack's knobs are wrong.
    pub fn over(file: &MixFile, seed: u64, span_us: u64) -> anyhow::Result<Self> {
        let span_us = span_us.max(1_000);
        let calendar = Calendar::new(file.size.start.0);
        let mut mix = Self::new(file, seed, calendar);
        mix.end_us = span_us;
        mix.honest(file, seed, span_us);
        mix.attacks(file, seed, span_us)?;
        Ok(mix)
    }

    /// The span in which a number of events of that mix are to be expected, in microseconds.
    #[must_use]
    pub fn span_for(file: &MixFile, seed: u64, events: u64) -> u64 {
        let honest =
            Percent::of_10_000(10_000 - file.size.attack_share.in_10_000()).part_of(events);
        let expected = |span_us: u64| {
            let mut mix = Self::new(file, seed, Calendar::new(file.size.start.0));
            mix.honest(file, seed, span_us);
            mix.expected(span_us)
        };
        let (mut low_us, mut high_us) = (0, HOUR);
        while expected(high_us) < honest && high_us < u64::MAX / 64 {
            high_us *= 2;
        }
        for _ in 0..24 {
            let middle_us = low_us + (high_us - low_us) / 2;
            if expected(middle_us) < honest {
                low_us = middle_us;
            } else {
                high_us = middle_us;
            }
        }
        high_us.max(SECOND)
    }

    fn new(file: &MixFile, seed: u64, calendar: Calendar) -> Self {
        let crowds = Arc::new(file.crowds.clone());
        let people_seed = hash(seed, 200, 0);
        let visits = file.size.visits_per_day.0;
        Self {
            start_ms: file.size.start.0,
            end_us: u64::MAX,
            people: People::new(people_seed, file.size.people, visits, calendar, crowds),
            outage: Hours::NEVER,
            app_release: Hours::NEVER,
            streams: Vec::new(),
            pending: BinaryHeap::new(),
            made: Vec::new(),
            planned: 0,
            chance: Rng::new(hash(seed, 203, 0)),
            history: History::default(),
            writer: Writer::new(hash(seed, 201, 0), people_seed, file.fields.clone()),
        }
    }

    /// All classes, honest and hostile, over the time asked for: those of the default mix.
    ///
    /// # Panics
    /// Never: the default mix is tested.
    #[must_use]
    pub fn of(settings: Settings) -> Self {
        let span_us = settings.duration_ms.saturating_mul(1_000);
        Self::over(&settings.file(), settings.seed, span_us).expect("the default mix is tested")
    }

    /// The same for a number of events instead of a time; the caller stops. Should they take
    /// longer than expected, people go on coming.
    #[must_use]
    pub fn of_events(settings: Settings, events: u64) -> Self {
        let duration_ms = settings.duration_for(events);
        Self::of(Settings {
            duration_ms,
            ..settings
        })
        .endless()
    }

    /// The same, but it does not end with its span: people go on coming.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.end_us = u64::MAX;
        self
    }

    /// For the demonstration: about 300 events a second, with an office behind one address from the
    /// start, and attacks that begin after a few seconds and come in waves. It never ends.
    #[must_use]
    pub fn demo(seed: u64, start_ms: EpochMs) -> Self {
        let mut file = MixFile::standard();
        file.size.start = Start(start_ms);
        file.size.people = 120_000;
        file.size.visits_per_day = Visits(10_000);
        file.crowds.office.people = 600;
        let calendar = Calendar::new(start_ms).always_noon();
        let mut mix = Self::new(&file, seed, calendar);
        mix.ordinary(&file, seed);
        let wave = |from, active, every| Hours {
            from_us: from * SECOND,
            until_us: u64::MAX,
            active_us: active * SECOND,
            every_us: every * SECOND,
        };
        let waves = [
            (
                80,
                wave(3, 50, 80),
                r#"{"kind": "stuffing_proxies", "addresses": 4000, "neighbours": 160}"#,
            ),
            (20, wave(20, 20, 70), r#"{"kind": "stuffing_loud"}"#),
            (15, wave(5, 40, 60), r#"{"kind": "spray_one"}"#),
            (6, wave(12, 20, 60), r#"{"kind": "brute_force"}"#),
            (
                10,
                wave(30, 20, 90),
                r#"{"kind": "enumeration_lookup", "addresses": 10, "at_once": 10}"#,
            ),
        ];
        for (number, (a_second, hours, knobs)) in (0..).zip(waves) {
            let attack = Attack::new(&at_the_pace_of_a_show(knobs), hash(seed, 204, number));
            mix.stream(
                seed,
                Kind::Attack(attack),
                Pace::Random(SECOND / a_second),
                hours,
            );
        }
        mix
    }

    /// How many plans wait now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// The people of the mix.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.people
    }

    /// The next event, if its time has come: for playing the mix at the pace of the clock.
    pub fn next_due(&mut self, now_ms: EpochMs) -> Option<Labelled> {
        let due_us = u64::try_from(now_ms.saturating_sub(self.start_ms))
            .ok()?
            .saturating_mul(1_000);
        let plan = self.next_plan(due_us.min(self.end_us))?;
        let time_ms = self.time_ms(&plan);
        Some(self.write(&plan, time_ms))
    }

    /// The next event, told to happen at `now_ms`: for driving a service at any rate.
    pub fn next_at(&mut self, now_ms: EpochMs) -> Option<Labelled> {
        let plan = self.next_plan(self.end_us)?;
        Some(self.write(&plan, now_ms))
    }

    fn write(&mut self, plan: &Plan, time_ms: EpochMs) -> Labelled {
        let count = self.history.of(&self.people, plan.name);
        let history = count.as_ref().map(|count| **count);
        if let Some(count) = count
            && !plan.label.attack
            && plan.enters()
            && plan.outcome() == Outcome::Success
        {
            *count = count.saturating_add(1);
        }
        let moment = Moment {
            day: time_ms.div_euclid(86_400_000),
            app_release_hours: plan
                .at_us
                .checked_sub(self.app_release.from_us)
                .and_then(|since| i64::try_from(since / HOUR).ok()),
            app_release_within: i64::try_from(self.app_release.active_us / HOUR).unwrap_or(1),
        };
        self.writer.write(plan, time_ms, moment, history)
    }

    fn time_ms(&self, plan: &Plan) -> EpochMs {
        let since = i64::try_from(plan.at_us / 1_000).unwrap_or(i64::MAX);
        self.start_ms.saturating_add(since)
    }

    /// The earliest plan up to `limit_us`.
    fn next_plan(&mut self, limit_us: u64) -> Option<Plan> {
        loop {
            let earliest = (0..self.streams.len()).min_by_key(|i| self.streams[*i].next_us)?;
            let arrival_us = self.streams[earliest].next_us;
            if let Some(pending) = self.pending.peek()
                && pending.plan.at_us <= arrival_us
            {
                if pending.plan.at_us >= limit_us {
                    return None;
                }
                let plan = self.pending.pop()?.plan;
                return Some(self.as_things_are(plan));
            }
            if arrival_us >= limit_us {
                return None;
            }
            self.arrive(earliest);
        }
    }

    /// What becomes of a plan while the service is down or the app is being replaced.
    fn as_things_are(&mut self, mut plan: Plan) -> Plan {
        let ordinary = !plan.label.attack && !is_machine(plan.label.class);
        if self.outage.runs(plan.at_us) {
            if ordinary {
                plan.label.class = "outage";
                let until_us = self.outage.from_us + self.outage.active_us;
                let again = self.people.retry(&plan, &mut self.chance, until_us);
                // A mistake is not made again on purpose: what is repeated is what was right.
                if let Some(again) = again.filter(|_| plan.failure.is_none()) {
                    self.wait(again);
                }
            }
            // The service said nothing about name or password.
            plan.failure = Some(FailureReason::Other);
            plan.mfa = None;
        } else if ordinary
            && plan.client.agent.is_app()
            && self.app_release.runs(plan.at_us)
            && plan.label.class != "outage"
        {
            plan.label.class = "app_release";
        }
        plan
    }

    fn wait(&mut self, plan: Plan) {
        self.pending.push(Pending {
            plan,
            number: self.planned,
        });
        self.planned += 1;
    }

    /// Lets a stream make its plans, and sets when it comes next.
    fn arrive(&mut self, index: usize) {
        let stream = &mut self.streams[index];
        let at_us = stream.next_us;
        if self.pending.len() < MOST_WAITING {
            stream.arrive(&mut self.people, &mut self.made);
        }
        stream.go_on();
        let mut made = std::mem::take(&mut self.made);
        for plan in made.drain(..) {
            debug_assert!(plan.at_us >= at_us, "nothing happens before it is begun");
            self.wait(plan);
        }
        self.made = made;
    }
}

/// Whether a class of honest events is a program, which has no patience to lose.
fn is_machine(class: &str) -> bool {
    matches!(class, "monitor" | "aggregator" | "stale_client")
}

impl Iterator for Mix {
    type Item = Labelled;

    fn next(&mut self) -> Option<Labelled> {
        let plan = self.next_plan(self.end_us)?;
        let time_ms = self.time_ms(&plan);
        Some(self.write(&plan, time_ms))
    }
}

#[cfg(test)]
#[path = "mix_tests.rs"]
mod tests;

#[cfg(test)]
mod traffic_tests;
