//! Look-ups in bulk (D18): whether names are looked up in rows here on most days, or since lately.
//!
//! A partner's server, a help desk and a machine that tests names look the same, one look-up by one,
//! and none of them goes on to log in. But a partner came yesterday too. So a row of look-ups is
//! held against the hours in which others came, and not against its own score alone.

use serde::{Deserialize, Serialize};

/// From so many names tried at an address within a day on, a look-up there is one of several.
const SEVERAL: u32 = 8;
/// From so many on, whoever looks more up there may be a partner's server.
const MANY: u32 = 64;

const HOUR_S: i64 = 3_600;
/// An hour of the clock with so many look-ups in rows had a row. An address that many share comes to one or two.
const ROW: u32 = 8;
/// With rows in so many of the last 128 hours they are usual: a partner has that by its second day, one that comes
/// once a night by its fifth.
const USUAL: u32 = 5;
/// Before so many hours nothing is known of that.
const FIRST_DAY: i64 = 24;

/// How many names were tried at the address of a look-up within a day or two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamesThere {
    /// Fewer than 8: somebody, or a botnet's one try.
    #[default]
    Few,
    /// Up to 63: a family behind one address, an address book, a patient machine.
    Several,
    /// 64 or more.
    Many,
}

impl NamesThere {
    /// By the number of names.
    #[must_use]
    pub fn of(names: u32) -> Self {
        match names {
            0..SEVERAL => Self::Few,
            SEVERAL..MANY => Self::Several,
            MANY.. => Self::Many,
        }
    }
}

/// In which hours look-ups came in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Rows {
    /// Of this hour.
    came: u32,
    /// A bit an hour, the last one lowest.
    hours: u128,
}

impl Rows {
    fn turn(&mut self, hours: u32) {
        self.hours = (self.hours << 1) | u128::from(self.came >= ROW);
        self.hours = self.hours.checked_shl(hours - 1).unwrap_or(0);
        self.came = 0;
    }
}

/// The hours with rows of several names at an address, and with rows of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    several: Rows,
    many: Rows,
    /// The first hour of the clock that was seen, and the present one.
    first: Option<i64>,
    hour: i64,
}

impl Bulk {
    /// Counts a stranger's look-up.
    pub fn count(&mut self, names: NamesThere) {
        self.several.came += u32::from(names != NamesThere::Few);
        self.many.came += u32::from(names == NamesThere::Many);
    }

    /// Takes note of the time.
    pub fn turn(&mut self, at_s: i64) {
        let hour = at_s.div_euclid(HOUR_S);
        if self.first.is_none() {
            (self.first, self.hour) = (Some(hour), hour);
        }
        if hour > self.hour {
            let hours = u32::try_from(hour - self.hour).unwrap_or(u32::MAX);
            self.several.turn(hours);
            self.many.turn(hours);
            self.hour = hour;
        }
    }

    /// Whether rows as this one did not come here before the last hours.
    #[must_use]
    pub fn is_new(&self, names: NamesThere) -> bool {
        let rows = match names {
            NamesThere::Few => return false,
            NamesThere::Several => &self.several,
            NamesThere::Many => &self.many,
        };
        let known = self
            .first
            .is_some_and(|first| self.hour >= first + FIRST_DAY);
        known && rows.hours.count_ones() < USUAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many hours, in each of which so many look-ups of many came.
    fn after(hours: i64, each: impl Fn(i64) -> u32) -> Bulk {
        let mut bulk = Bulk::default();
        for hour in 0..hours {
            bulk.turn(hour * HOUR_S);
            for _ in 0..each(hour) {
                bulk.count(NamesThere::Many);
            }
        }
        bulk.turn(hours * HOUR_S);
        bulk
    }

    #[test]
    fn rows_are_new_after_a_day_without_any_and_nothing_is_known_before() {
        assert!(!after(23, |_| 0).is_new(NamesThere::Many));
        for names in [NamesThere::Several, NamesThere::Many] {
            assert!(after(24, |_| 0).is_new(names));
        }
        assert!(
            !after(24, |_| 0).is_new(NamesThere::Few),
            "one name is no row"
        );
    }

    #[test]
    fn rows_are_new_for_their_first_hours_and_usual_for_five_days() {
        let from_hour_48 = |hours: i64| {
            after(
                48 + hours,
                move |hour| {
                    if (48..53).contains(&hour) { 200 } else { 0 }
                },
            )
        };
        assert!(from_hour_48(4).is_new(NamesThere::Many));
        assert!(!from_hour_48(5).is_new(NamesThere::Many));
        assert!(!from_hour_48(128).is_new(NamesThere::Many));
        assert!(from_hour_48(129).is_new(NamesThere::Many));
    }

    #[test]
    fn who_comes_once_a_night_is_usual_after_five_nights() {
        let nights = |n: i64| after(n * 24, |hour| if hour % 24 == 3 { 500 } else { 0 });
        assert!(nights(4).is_new(NamesThere::Many));
        assert!(!nights(5).is_new(NamesThere::Many));
    }

    #[test]
    fn a_look_up_or_two_an_hour_at_a_busy_address_makes_nothing_usual() {
        assert!(after(100, |_| ROW - 1).is_new(NamesThere::Many));
        assert!(!after(100, |_| ROW).is_new(NamesThere::Many));
    }

    #[test]
    fn a_hole_in_the_log_is_so_many_hours_without_rows() {
        let mut bulk = after(48, |_| 50);
        bulk.turn((48 + 123) * HOUR_S);
        assert!(!bulk.is_new(NamesThere::Many));
        bulk.turn((48 + 124) * HOUR_S);
        assert!(bulk.is_new(NamesThere::Many));
        bulk.turn(1 << 50);
        assert!(bulk.is_new(NamesThere::Many));
    }

    #[test]
    fn rows_of_several_are_usual_too_where_many_came() {
        assert!(!after(48, |_| 50).is_new(NamesThere::Several));
        let names = [0, 7, 8, 63, 64, u32::MAX].map(NamesThere::of);
        assert_eq!(names[..2], [NamesThere::Few; 2]);
        assert_eq!(names[2..4], [NamesThere::Several; 2]);
        assert_eq!(names[4..], [NamesThere::Many; 2]);
    }
}
