//! The streams of a mix: what arrives, how often, and when.

use super::{Amount, Attack, AttackEntry, Mix, MixFile, Percent, Target};
use crate::calendar::Calendar;
use crate::people::{DAY, HOUR, People};
use crate::plan::Plan;
use crate::rng::{Rng, hash};

/// What arrives in a stream.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Visits,
    SignUps,
    Rush,
    Launch,
    Aggregator,
    Monitor,
    StaleClients,
    Lab,
    Kiosk,
    ForcedChange,
    ResetWave,
    Attack(Attack),
}

/// How often.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// Independent arrivals of that mean gap, in microseconds.
    Random(u64),
    /// A machine's, a little early or late.
    Steady(u64),
}

/// When a stream runs: from `from_us`, for `active_us` of every `every_us`, until `until_us`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into each name")]
pub(super) struct Hours {
    pub from_us: u64,
    pub until_us: u64,
    pub active_us: u64,
    pub every_us: u64,
}

impl Hours {
    pub const ALWAYS: Self = Self {
        from_us: 0,
        until_us: u64::MAX,
        active_us: 1,
        every_us: 1,
    };
    pub const NEVER: Self = Self {
        from_us: u64::MAX,
        until_us: u64::MAX,
        active_us: 1,
        every_us: 1,
    };

    /// Once, for so long.
    pub fn once(from_us: u64, for_us: u64) -> Self {
        Self {
            from_us,
            until_us: from_us.saturating_add(for_us),
            active_us: for_us,
            every_us: for_us.max(1),
        }
    }

    /// The first instant from `at_us` on at which the stream runs, or the end of time.
    pub fn next(self, at_us: u64) -> u64 {
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

    /// For how long it runs before that time.
    pub fn active_within(self, span_us: u64) -> u64 {
        let until_us = self.until_us.min(span_us);
        let left_us = until_us.saturating_sub(self.from_us);
        let (whole, rest_us) = (left_us / self.every_us, left_us % self.every_us);
        whole * self.active_us + rest_us.min(self.active_us)
    }

    /// Whether it runs then.
    pub fn runs(self, at_us: u64) -> bool {
        at_us >= self.from_us && self.next(at_us) == at_us && at_us != u64::MAX
    }
}

#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub kind: Kind,
    pub pace: Pace,
    pub hours: Hours,
    pub next_us: u64,
    /// How often something has arrived.
    arrivals: u64,
    rng: Rng,
}

impl Stream {
    /// Makes the plans of an arrival.
    pub fn arrive(&mut self, people: &mut People, out: &mut Vec<Plan>) {
        let (rng, at_us, number) = (&mut self.rng, self.next_us, self.arrivals);
        match &mut self.kind {
            Kind::Visits => {
                if let Some(visit) = people.visit(rng, at_us) {
                    visit.attempts(people, rng, out);
                }
            }
            Kind::SignUps => join(people, rng, "signup", at_us, out),
            Kind::Rush => join(people, rng, "rush", at_us, out),
            Kind::Launch => {
                let busy = people.local(people.first_launched(), at_us);
                if rng.below(100) < people.calendar().busy(busy) {
                    let person = people.join_launched();
                    people.sign_up(rng, person, "launch", at_us, out);
                }
            }
            Kind::Aggregator => people.aggregate(rng, at_us, out),
            Kind::Monitor => people.probe(number, at_us, out),
            Kind::StaleClients => people.stale_client(number, at_us, out),
            Kind::Lab => people.pupil(rng, at_us, out),
            Kind::Kiosk => people.passer_by(rng, at_us, out),
            Kind::ForcedChange => people.after_forced_change(rng, at_us, out),
            Kind::ResetWave => people.reset(rng, at_us, out),
            Kind::Attack(attack) => {
                let target = Target { people };
                attack.strike(&target, rng, at_us, out);
            }
        }
    }

    /// Sets when it comes next.
    pub fn go_on(&mut self) {
        self.arrivals += 1;
        let gap_us = match self.pace {
            Pace::Random(mean_us) => self.rng.gap(mean_us),
            Pace::Steady(gap_us) => gap_us - gap_us / 40 + self.rng.below(gap_us / 20 + 1),
        };
        self.next_us = self.hours.next(self.next_us.saturating_add(gap_us));
    }
}

fn join(people: &mut People, rng: &mut Rng, class: &'static str, at_us: u64, out: &mut Vec<Plan>) {
    let next = people.next_to_join();
    let busy = people.local(next, at_us);
    if rng.below(100) < people.calendar().busy(busy) {
        let person = people.join();
        people.sign_up(rng, person, class, at_us, out);
    }
}

/// The mean gap of so many arrivals in a day.
fn gap_of(a_day: u64) -> u64 {
    (DAY / a_day.max(1)).max(1)
}

impl Mix {
    pub(super) fn stream(&mut self, seed: u64, kind: Kind, pace: Pace, hours: Hours) {
        let mut rng = Rng::new(hash(seed, 202, self.streams.len() as u64));
        let mean_us = match pace {
            Pace::Random(mean_us) | Pace::Steady(mean_us) => mean_us,
        };
        let next_us = hours.next(hours.from_us.saturating_add(rng.gap(mean_us)));
        self.streams.push(Stream {
            kind,
            pace,
            hours,
            next_us,
            arrivals: 0,
            rng,
        });
    }

    /// The crowds that are there every day.
    pub(super) fn ordinary(&mut self, file: &MixFile, seed: u64) {
        let crowds = &file.crowds;
        let count = u64::from(file.size.people);
        // So many come on an average working day, which is busy for part of its hours.
        let busy = Calendar::busy_on_a_working_day();
        let visits = count * file.size.visits_per_day.0;
        let gap = (DAY * busy / 24 / visits.max(1)).max(1);
        self.stream(seed, Kind::Visits, Pace::Random(gap), Hours::ALWAYS);
        let mut add = |kind, a_day: u64| {
            if a_day > 0 {
                self.stream(seed, kind, Pace::Random(gap_of(a_day)), Hours::ALWAYS);
            }
        };
        add(
            Kind::SignUps,
            crowds.signup.share.part_of(count) * 2_400 / busy,
        );
        let aggregated = crowds.aggregator.share.part_of(count);
        add(Kind::Aggregator, aggregated * crowds.aggregator.per_day);
        let pupils = crowds.lab.share.part_of(count) * crowds.lab.count.min(1);
        // School is for eight hours.
        add(Kind::Lab, pupils * crowds.lab.per_day * 3);
        add(
            Kind::Kiosk,
            crowds.kiosk.count * crowds.kiosk.per_day * 2_400 / busy,
        );
        let monitor = &crowds.monitor;
        if let Some(gap) = monitor.every.in_us().checked_div(monitor.count) {
            let gap = gap.max(1);
            self.stream(seed, Kind::Monitor, Pace::Steady(gap), Hours::ALWAYS);
        }
        let stale = &crowds.stale_client;
        if stale.share > Percent::new(0) {
            let gap = (stale.every.in_us() / self.people.stale_slots()).max(1);
            self.stream(seed, Kind::StaleClients, Pace::Steady(gap), Hours::ALWAYS);
        }
    }

    /// All crowds over a span of time, into which what happens once is pressed.
    pub(super) fn honest(&mut self, file: &MixFile, seed: u64, span_us: u64) {
        self.ordinary(file, seed);
        let crowds = &file.crowds;
        let count = u64::from(file.size.people);
        // Where the span is shorter than the file's, all is shorter.
        let at = |start: super::Span| file.pressed(start.in_us(), span_us);
        let once = |start, duration: super::Span| {
            Hours::once(at(start), at(duration).min(duration.in_us()))
        };
        let part = |of: u64, hours: Hours, duration: super::Span| {
            of.saturating_mul(hours.active_us >> 10) / (duration.in_us() >> 10).max(1)
        };
        self.outage = once(crowds.outage.start, crowds.outage.duration);
        self.app_release = once(crowds.app_release.start, crowds.app_release.duration);
        let step = u64::from(self.people.first_office_step());
        let mut add = |kind, arrivals: u64, hours: Hours| {
            if arrivals > 0 && hours.active_us > 0 {
                let gap = (hours.active_us / arrivals).max(1);
                self.stream(seed, kind, Pace::Random(gap), hours);
            }
        };
        let rush = &crowds.rush;
        let hours = once(rush.start, rush.duration);
        let usual = crowds.signup.share.part_of(count).max(1);
        let extra = usual * rush.times.saturating_sub(1) * (hours.active_us >> 10) / (DAY >> 10);
        // Twice, because the hour is a busy one for half of the world.
        add(Kind::Rush, extra * 2, hours);
        let wave = &crowds.reset_wave;
        let hours = once(wave.start, wave.duration);
        let followers = wave.share.part_of(count);
        add(
            Kind::ResetWave,
            part(followers, hours, wave.duration),
            hours,
        );
        let change = &crowds.forced_change;
        let hours = once(change.start, change.duration);
        let staff = change.people.min(1) * count / step * 5 / 4;
        add(
            Kind::ForcedChange,
            part(staff, hours, change.duration),
            hours,
        );
        let launch = &crowds.launch;
        let from_us = at(launch.start);
        let left_us = span_us.saturating_sub(from_us);
        let new = launch.share.part_of(count) * (left_us / HOUR) / 24;
        let busy = Calendar::busy_on_a_working_day();
        add(
            Kind::Launch,
            new * 2_400 / busy,
            Hours::once(from_us, left_us),
        );
    }

    /// The attacks over a span of time, into which their schedule is pressed.
    pub(super) fn attacks(
        &mut self,
        file: &MixFile,
        seed: u64,
        span_us: u64,
    ) -> anyhow::Result<()> {
        let share = file.size.attack_share.in_10_000();
        let honest = self.expected(span_us);
        let wanted = honest.saturating_mul(share) / (10_000 - share).max(1);
        if share == 0 {
            return Ok(());
        }
        let hours: Vec<Hours> = file
            .attacks
            .iter()
            .map(|entry| file.hours_of(entry, span_us))
            .collect();
        // What is left of it where the traffic ends before the attack does, or more where it comes again.
        let own_share = |entry: &AttackEntry, hours: &Hours| match entry.amount {
            Amount::Share(own) => {
                let active_us = hours.active_within(span_us);
                own * (active_us >> 10) / (hours.active_us >> 10).max(1)
            }
            Amount::Rate(_) => 0,
        };
        let shares: u64 = file
            .attacks
            .iter()
            .zip(&hours)
            .map(|(entry, hours)| own_share(entry, hours))
            .sum();
        for (number, (entry, hours)) in (0..).zip(file.attacks.iter().zip(hours)) {
            let attack = entry.attack(hash(seed, 204, number))?;
            let active_us = hours.active_within(span_us);
            let attempts = match entry.amount {
                Amount::Share(_) => wanted.saturating_mul(own_share(entry, &hours)) / shares.max(1),
                // Thousandths a minute.
                Amount::Rate(rate) => rate.saturating_mul(active_us / 1_000_000) / 60_000,
            };
            let strikes = attempts.saturating_mul(1_000) / attack.attempts_a_strike().max(1);
            if strikes > 0 && active_us > 0 {
                let gap = (active_us / strikes).max(1);
                self.stream(seed, Kind::Attack(attack), Pace::Random(gap), hours);
            }
        }
        Ok(())
    }
}

impl MixFile {
    /// A time of the file's schedule, pressed into another span.
    fn pressed(&self, us: u64, span_us: u64) -> u64 {
        let days_us = u128::from(self.size.days * DAY);
        let pressed = u128::from(us) * u128::from(span_us) / days_us;
        u64::try_from(pressed).unwrap_or(u64::MAX)
    }

    /// When an attack runs, in a span into which the schedule is pressed.
    fn hours_of(&self, entry: &AttackEntry, span_us: u64) -> Hours {
        let pressed = |span: super::Span| self.pressed(span.in_us(), span_us);
        let hours = Hours::once(pressed(entry.start), pressed(entry.duration).max(1_000));
        match entry.every {
            None => hours,
            Some(every) => Hours {
                until_us: span_us,
                every_us: pressed(every).max(hours.active_us),
                ..hours
            },
        }
    }
}
