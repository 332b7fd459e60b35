//! The clock on the wall where somebody is: local hour, day and weekday, and how busy they are.

use credsieve_models::time::EpochMs;

const HOUR_US: i64 = 3_600_000_000;

/// Visits in each local hour of a working day, of 100 in the busiest.
const WORKING_DAY: [u64; 24] = [
    7, 4, 3, 2, 3, 6, 18, 42, 70, 88, 96, 92, 84, 87, 92, 90, 86, 84, 88, 96, 100, 82, 48, 20,
];
/// The same on Saturday and Sunday.
const WEEKEND: [u64; 24] = [
    12, 8, 5, 3, 3, 4, 8, 16, 32, 52, 66, 72, 70, 66, 64, 62, 62, 64, 70, 78, 80, 68, 44, 24,
];

/// When the traffic begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    start_us: i64,
    /// For a demonstration: it is always the middle of a Tuesday.
    always_noon: bool,
}

/// What a clock on the wall shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// Days since 1 January 1970.
    pub day: i64,
    /// 0 is Monday.
    pub weekday: u8,
    /// From 0 to 23.
    pub hour: u8,
}

impl Calendar {
    /// Traffic that begins then.
    #[must_use]
    pub fn new(start_ms: EpochMs) -> Self {
        Self {
            start_us: start_ms.saturating_mul(1_000),
            always_noon: false,
        }
    }

    /// The same, where it is always the middle of a Tuesday.
    #[must_use]
    pub fn always_noon(self) -> Self {
        Self {
            always_noon: true,
            ..self
        }
    }

    /// The clock, so many microseconds after the beginning and hours from UTC.
    #[must_use]
    pub fn local(self, at_us: u64, utc_offset: i64) -> Local {
        let since = self
            .start_us
            .saturating_add(i64::try_from(at_us).unwrap_or(i64::MAX));
        let hours = since.div_euclid(HOUR_US).saturating_add(utc_offset);
        let day = hours.div_euclid(24);
        if self.always_noon {
            return Local {
                day,
                weekday: 1,
                hour: 12,
            };
        }
        // 1 January 1970 was a Thursday.
        let weekday = (day + 3).rem_euclid(7);
        Local {
            day,
            weekday: below_24(weekday),
            hour: below_24(hours.rem_euclid(24)),
        }
    }

    /// The hours of a working day, each with how busy it is, of 2,400 in all.
    #[must_use]
    pub fn busy_on_a_working_day() -> u64 {
        WORKING_DAY.iter().sum()
    }

    /// How busy people are then, of 100 in the busiest hour.
    #[must_use]
    pub fn busy(self, local: Local) -> u64 {
        if self.always_noon {
            return 100;
        }
        let table = if local.weekday < 5 {
            &WORKING_DAY
        } else {
            &WEEKEND
        };
        table[usize::from(local.hour)]
    }
}

fn below_24(number: i64) -> u8 {
    u8::try_from(number).expect("a weekday or an hour")
}

impl Local {
    /// Whether offices and schools are open.
    #[must_use]
    pub fn at_work(self) -> bool {
        self.weekday < 5 && (8..18).contains(&self.hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_weekday_and_hour_where_somebody_is() {
        // Monday, 5 January 2026, 00:00 in UTC.
        let calendar = Calendar::new(1_767_571_200_000);
        let there = calendar.local(0, -6);
        assert_eq!((there.weekday, there.hour), (6, 18));
        let here = calendar.local(9 * 3_600_000_000, 1);
        assert_eq!((here.weekday, here.hour), (0, 10));
        assert!(here.at_work() && !there.at_work());
        assert!(calendar.busy(here) > calendar.busy(calendar.local(0, 1)));
    }
}
