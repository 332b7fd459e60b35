//! The mix: streams of honest and hostile attempts, merged in the order of time.
//!
//! Invariant: a seed, a start and a configuration give the same events, byte for byte, for ever.
//! Every stream is a sequence of arrivals; an arrival makes one or more plans, and those still to
//! come wait in a heap. The heap is bounded by what is begun in the longest wait (an hour or so).

use crate::attacks::units::Span;
use crate::attacks::{Attack, Knobs, Target};
use crate::people::People;
use crate::plan::{self, Labelled, Pending, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::time::EpochMs;
use std::collections::BinaryHeap;

const SECOND: u64 = 1_000_000;
const HOUR: u64 = 3_600 * SECOND;
const DAY: u64 = 24 * HOUR;

/// Visits in each hour of a day in UTC, of 100 in the busiest.
const DAY_RHYTHM: [u64; 24] = [
    15, 10, 8, 7, 8, 14, 28, 52, 80, 96, 100, 94, 88, 90, 92, 88, 82, 76, 72, 74, 70, 58, 40, 24,
];

/// What arrives in a stream.
#[derive(Clone, Debug)]
enum Kind {
    Visits,
    SignUps,
    Aggregator,
    Monitor,
    StaleClients,
    Attack(Attack),
}

/// When a stream runs: from `from_us`, for `active_us` of every `every_us`, until `until_us`.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into each name")]
struct Hours {
    from_us: u64,
    until_us: u64,
    active_us: u64,
    every_us: u64,
}

const ALWAYS: Hours = Hours {
    from_us: 0,
    until_us: u64::MAX,
    active_us: 1,
    every_us: 1,
};

impl Hours {
    /// The first instant from `at_us` on at which the stream runs, or the end of time.
    fn next(self, at_us: u64) -> u64 {
        let at_us = at_us.max(self.from_us);
        let into = (at_us - self.from_us) % self.every_us;
        let at_us = if into < self.active_us {
            at_us
        } else {
            at_us.saturating_add(self.every_us - into)
        };
        if at_us < self.until_us {
            at_us
        } else {
            u64::MAX
        }
    }
}

#[derive(Clone, Debug)]
struct Stream {
    kind: Kind,
    mean_gap_us: u64,
    hours: Hours,
    next_us: u64,
    rng: Rng,
}

/// Labelled traffic in the order of time: an iterator that ends where the configuration says, or never.
#[derive(Clone, Debug)]
pub struct Mix {
    start_ms: EpochMs,
    end_us: u64,
    day_rhythm: bool,
    people: People,
    streams: Vec<Stream>,
    pending: BinaryHeap<Pending>,
    made: Vec<Plan>,
    planned: u64,
    writer: Rng,
}

/// What a mix is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The same seed gives the same traffic.
    pub seed: u64,
    /// When it begins.
    pub start_ms: EpochMs,
    /// How long it lasts.
    pub duration_ms: u64,
    /// How many people have an account.
    pub people: u32,
    /// How many offices they work in.
    pub offices: u32,
    /// The share of attempts that are an attack, in percent, below 100.
    pub attack_percent: u32,
}

impl Settings {
    /// The mean time between visits at the busiest hour: each person comes every 17,000 s then,
    /// which over a day makes 2.8 visits.
    fn visit_gap_us(&self) -> u64 {
        (17_000 * SECOND / u64::from(self.people.max(1))).max(1)
    }

    /// Thousandths of honest attempts to expect in the hour of that number since the start.
    fn honest_in_hour(&self, hour: u64) -> u64 {
        let first = u64::try_from(self.start_ms).unwrap_or(0) * 1_000 / HOUR;
        let rhythm = DAY_RHYTHM[((first + hour) % 24) as usize];
        // A visit has 1.13 attempts, a sign-up of which there is one to 50 visits 1.65; the
        // aggregator comes once to 30 visits and the monitor and stale clients 84 times an hour,
        // day and night.
        HOUR / self.visit_gap_us() * (1_163 * rhythm / 100 + 33) + 84_000
    }

    /// Honest attempts to expect in that time.
    fn honest_in(&self, span_us: u64) -> u64 {
        let day: u64 = (0..24).map(|hour| self.honest_in_hour(hour)).sum();
        let (days, rest_us) = (span_us / DAY, span_us % DAY);
        let hours: u64 = (0..rest_us / HOUR)
            .map(|hour| self.honest_in_hour(hour))
            .sum();
        let last = self.honest_in_hour(rest_us / HOUR) * (rest_us % HOUR / 1_000) / (HOUR / 1_000);
        (days.saturating_mul(day) + hours + last) / 1_000
    }

    /// The time in which that many events are to be expected, in milliseconds.
    #[must_use]
    pub fn duration_for(&self, events: u64) -> u64 {
        let honest = events.saturating_mul(u64::from(100 - self.attack_percent.min(99))) / 100;
        let (mut low_us, mut high_us) = (0, DAY);
        while self.honest_in(high_us) < honest && high_us < u64::MAX / 4 {
            high_us *= 2;
        }
        while high_us - low_us > SECOND {
            let middle_us = low_us.midpoint(high_us);
            if self.honest_in(middle_us) < honest {
                low_us = middle_us;
            } else {
                high_us = middle_us;
            }
        }
        high_us / 1_000
    }
}

/// Knobs written here, with thieves who come at once.
fn at_the_pace_of_a_show(knobs: &str) -> Knobs {
    let mut knobs: Knobs = serde_json::from_str(knobs).expect("constant knobs that the tests read");
    knobs.set_thief_after(Span::seconds(10, 30));
    knobs
}

/// Of 100 attempts of attacks, how many belong to which.
const SHARES: [(&str, u64); 17] = [
    ("stuffing_proxies", 20),
    ("stuffing_rotating", 10),
    ("stuffing_loud", 10),
    ("stuffing_slow", 3),
    ("browser_like", 5),
    ("paced", 5),
    ("ipv6_hopping", 5),
    ("peak", 3),
    ("under_cover", 3),
    ("spray_one", 5),
    ("spray_many", 8),
    ("brute_force", 4),
    ("brute_force_distributed", 3),
    ("lockout", 3),
    ("enumeration_login", 4),
    ("enumeration_lookup", 5),
    ("fake_signup", 4),
];

impl Mix {
    fn new(seed: u64, start_ms: EpochMs, people: u32, offices: u32) -> Self {
        Self {
            start_ms,
            end_us: u64::MAX,
            day_rhythm: true,
            people: People {
                seed: hash(seed, 200, 0),
                count: people.max(1),
                offices,
            },
            streams: Vec::new(),
            pending: BinaryHeap::new(),
            made: Vec::new(),
            planned: 0,
            writer: Rng::new(hash(seed, 201, 0)),
        }
    }

    /// All classes, honest and hostile, over the time asked for: people come two or three times a
    /// day, by the rhythm of the day; attacks run in the second to ninth tenth of the time.
    #[must_use]
    pub fn of(settings: Settings) -> Self {
        let Settings {
            seed,
            start_ms,
            duration_ms,
            people,
            offices,
            attack_percent,
        } = settings;
        let mut mix = Self::new(seed, start_ms, people, offices);
        let duration_us = duration_ms.saturating_mul(1_000).max(10);
        mix.end_us = duration_us;
        mix.honest(seed, settings.visit_gap_us());
        let percent = u64::from(attack_percent.min(99));
        if percent > 0 {
            let hours = Hours {
                from_us: duration_us / 10,
                until_us: duration_us / 10 * 9,
                active_us: duration_us / 10,
                every_us: duration_us / 8,
            };
            // They are active for 64 % of the time.
            let wanted = settings.honest_in(duration_us) * percent / (100 - percent);
            let gap = duration_us / 100 * 64 / wanted.max(1);
            mix.attacks(seed, gap.max(1), hours);
        }
        mix
    }

    /// The same for a number of events instead of a time; the caller stops. Should they take
    /// longer than expected, people go on coming.
    #[must_use]
    pub fn of_events(settings: Settings, events: u64) -> Self {
        let duration_ms = settings.duration_for(events);
        let mut mix = Self::of(Settings {
            duration_ms,
            ..settings
        });
        mix.end_us = u64::MAX;
        mix
    }

    /// For the demonstration: about 300 events a second, with an office behind one address from the
    /// start, and attacks that begin after a few seconds and come in waves. It never ends.
    #[must_use]
    pub fn demo(seed: u64, start_ms: EpochMs) -> Self {
        let mut mix = Self::new(seed, start_ms, 120_000, 60);
        mix.day_rhythm = false;
        mix.honest(seed, SECOND / 150);
        let wave = |from, active, every| Hours {
            from_us: from * SECOND,
            until_us: u64::MAX,
            active_us: active * SECOND,
            every_us: every * SECOND,
        };
        for (number, (a_second, hours, knobs)) in [
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
        ]
        .into_iter()
        .enumerate()
        {
            let attack = Attack::new(
                &at_the_pace_of_a_show(knobs),
                hash(seed, 203, number as u64),
            );
            mix.stream(seed, Kind::Attack(attack), SECOND / a_second, hours);
        }
        mix
    }

    fn honest(&mut self, seed: u64, visit_gap: u64) {
        self.stream(seed, Kind::Visits, visit_gap, ALWAYS);
        self.stream(seed, Kind::SignUps, visit_gap.saturating_mul(50), ALWAYS);
        self.stream(seed, Kind::Aggregator, visit_gap.saturating_mul(30), ALWAYS);
        self.stream(seed, Kind::Monitor, 60 * SECOND, ALWAYS);
        self.stream(seed, Kind::StaleClients, 150 * SECOND, ALWAYS);
    }

    /// Every attack; together one attempt each `gap_us` while all run.
    fn attacks(&mut self, seed: u64, gap_us: u64, hours: Hours) {
        for (number, (kind, share)) in SHARES.into_iter().enumerate() {
            let knobs = Knobs::of(kind).expect("the name of a kind");
            let attack = Attack::new(&knobs, hash(seed, 203, number as u64));
            let gap_us = gap_us * attack.attempts_a_strike() / 10 / share;
            self.stream(seed, Kind::Attack(attack), gap_us.max(1), hours);
        }
    }

    fn stream(&mut self, seed: u64, kind: Kind, mean_gap_us: u64, hours: Hours) {
        let mut rng = Rng::new(hash(seed, 202, self.streams.len() as u64));
        let next_us = hours.next(hours.from_us.saturating_add(rng.gap(mean_gap_us)));
        self.streams.push(Stream {
            kind,
            mean_gap_us,
            hours,
            next_us,
            rng,
        });
    }

    /// The next event, if its time has come: for playing the mix at the pace of the clock.
    pub fn next_due(&mut self, now_ms: EpochMs) -> Option<Labelled> {
        let due_us = u64::try_from(now_ms.saturating_sub(self.start_ms))
            .ok()?
            .saturating_mul(1_000);
        let plan = self.next_plan(due_us.min(self.end_us))?;
        let time_ms = self.time_ms(&plan);
        Some(plan::write(&plan, time_ms, &mut self.writer))
    }

    /// The next event, told to happen at `now_ms`: for driving a service at any rate.
    pub fn next_at(&mut self, now_ms: EpochMs) -> Option<Labelled> {
        let plan = self.next_plan(self.end_us)?;
        Some(plan::write(&plan, now_ms, &mut self.writer))
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
                return self.pending.pop().map(|pending| pending.plan);
            }
            if arrival_us >= limit_us {
                return None;
            }
            self.arrive(earliest);
        }
    }

    /// Lets a stream make its plans, and sets when it comes next.
    fn arrive(&mut self, index: usize) {
        let hour = self.hour_at(self.streams[index].next_us);
        let stream = &mut self.streams[index];
        let (rng, at_us, people) = (&mut stream.rng, stream.next_us, &self.people);
        let busy = !self.day_rhythm || rng.below(100) < DAY_RHYTHM[hour];
        let made = &mut self.made;
        match &mut stream.kind {
            Kind::Visits if busy => {
                let working_hours = !self.day_rhythm || (7..18).contains(&hour);
                people.visit(rng, at_us, working_hours, made);
            }
            Kind::SignUps if busy => people.sign_up(rng, at_us, made),
            Kind::Visits | Kind::SignUps => {}
            Kind::Aggregator => people.aggregate(rng, at_us, made),
            Kind::Monitor => people.probe(rng, at_us, made),
            Kind::StaleClients => people.stale_client(rng, at_us, made),
            Kind::Attack(attack) => {
                let target = Target { people };
                attack.strike(&target, rng, at_us, made);
            }
        }
        let gap_us = stream.rng.gap(stream.mean_gap_us);
        stream.next_us = stream.hours.next(at_us.saturating_add(gap_us));
        for plan in self.made.drain(..) {
            self.pending.push(Pending {
                plan,
                number: self.planned,
            });
            self.planned += 1;
        }
    }

    fn hour_at(&self, at_us: u64) -> usize {
        let start_us = u64::try_from(self.start_ms)
            .unwrap_or(0)
            .saturating_mul(1_000);
        (start_us.saturating_add(at_us) / HOUR % 24) as usize
    }
}

impl Iterator for Mix {
    type Item = Labelled;

    fn next(&mut self) -> Option<Labelled> {
        let plan = self.next_plan(self.end_us)?;
        let time_ms = self.time_ms(&plan);
        Some(plan::write(&plan, time_ms, &mut self.writer))
    }
}

#[cfg(test)]
#[path = "mix_tests.rs"]
mod tests;
