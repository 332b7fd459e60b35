//! How many events to expect: what the share of attacks and the span for a number of events are
//! worked out from.

use super::Mix;
use super::streams::{Kind, Pace, Stream};
use crate::networks::Country;
use crate::people::HOUR;
use crate::rng::{Rng, hash};

/// Arrivals that are tried out to learn how many plans one makes.
const TRIES: u64 = 1_500;

impl Mix {
    /// Honest events to expect in that time.
    pub(super) fn expected(&self, span_us: u64) -> u64 {
        let visits = self.plans_of_a_visit();
        self.streams
            .iter()
            .map(|stream| self.expected_of(stream, span_us, visits))
            .sum()
    }

    fn expected_of(&self, stream: &Stream, span_us: u64, visits: u64) -> u64 {
        let hours = stream.hours;
        let until_us = span_us.min(hours.until_us);
        let from_us = hours.from_us.min(until_us);
        let gap_us = match stream.pace {
            Pace::Random(gap_us) | Pace::Steady(gap_us) => gap_us,
        };
        // Thousandths of plans of one arrival, at full strength.
        let plans = match stream.kind {
            Kind::Visits => visits,
            Kind::SignUps | Kind::Rush | Kind::Launch => 1_820,
            Kind::Lab | Kind::Kiosk => 1_050,
            Kind::ForcedChange => 750,
            Kind::ResetWave => 2_350,
            Kind::StaleClients => 500,
            Kind::Aggregator | Kind::Monitor => 1_000,
            Kind::Attack(_) => 0,
        };
        let rhythmic = !matches!(
            stream.kind,
            Kind::Aggregator
                | Kind::Monitor
                | Kind::StaleClients
                | Kind::ForcedChange
                | Kind::ResetWave
        );
        let mut sum = 0;
        let mut at_us = from_us;
        // By the hour, and by the week where there are many.
        let week: u64 = if rhythmic {
            (0..168)
                .map(|hour| self.strength(stream, hour * HOUR))
                .sum()
        } else {
            0
        };
        while at_us < until_us {
            if rhythmic && until_us - at_us > 168 * HOUR {
                sum += HOUR * 10_000 / gap_us / 100 * plans * week;
                at_us += 168 * HOUR;
                continue;
            }
            let part_us = if rhythmic {
                HOUR.min(until_us - at_us)
            } else {
                until_us - at_us
            };
            let strength = if rhythmic {
                self.strength(stream, at_us)
            } else {
                100
            };
            // In ten-thousandths of arrivals.
            let arrivals = part_us.saturating_mul(10_000) / gap_us;
            sum += arrivals / 100 * plans * strength;
            at_us += part_us;
        }
        // Of hundredths of arrivals, thousandths of plans and hundredths of strength.
        sum / 10_000_000
    }

    /// How many of 100 arrivals somebody comes at, in that hour.
    fn strength(&self, stream: &Stream, at_us: u64) -> u64 {
        let calendar = self.people.calendar();
        let countries = Country::all().map(|country| {
            let local = calendar.local(at_us, country.utc_offset());
            let strength = match stream.kind {
                Kind::Lab if local.at_work() && local.hour < 16 => 100,
                Kind::Lab => 0,
                _ => calendar.busy(local),
            };
            strength * u64::from(crate::networks::country_share(country))
        });
        countries.sum::<u64>() / 10_000
    }

    fn plans_of_a_visit(&self) -> u64 {
        let mut rng = Rng::new(hash(self.people.seed, 205, 0));
        let mut made = Vec::new();
        let mut plans = 0;
        for number in 0..TRIES {
            let person = self.people.active(&mut rng);
            let visit = self.people.visit_of(&mut rng, person, number * HOUR / 20);
            visit.attempts(&self.people, &mut rng, &mut made);
            plans += made.len() as u64;
            made.clear();
        }
        plans * 1_000 / TRIES
    }
}
