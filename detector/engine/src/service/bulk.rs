//! Look-ups in bulk (D18): whether names are looked up in rows here on most days, or since lately.
//!
//! A partner's server, a help desk and a machine that tests names look the same, one look-up by one,
//! and none of them goes on to log in. But a partner came yesterday too. So a row of look-ups is
//! held against the hours in which others came, and against where they came from, and not against
//! its own score alone.

use crate::state::fading::{Fading, ONE};
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

/// Addresses with rows that are remembered.
const PLACES: usize = 1 << 12;
/// Who came with rows so many hours ago, and comes again, is a partner. A machine is done by then, or elsewhere.
const PARTNER_H: i64 = 20;
/// Who has not come for so long is forgotten.
const AWAY_H: i64 = 8 * 24;
/// Two days, until partners have come again.
const KNOWN_H: i64 = 48;
/// Half-life of what partners' rows look like.
const PARTNERS_S: i64 = 3 * 24 * HOUR_S;
/// Nothing says that the score takes partners for machines where it suspects one in so many of partners' look-ups at most …
const ONE_IN: u64 = 50;
/// … and a few more, since an address may have been a machine's.
const A_FEW: u64 = 3 * ONE;

/// An address from which names were looked up in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    /// The upper half of its secret key, never 0; 0 is none.
    tag: u32,
    first_h: u32,
    last_h: u32,
}

/// Addresses with rows, in the hours of the clock. Nobody pushes anybody out: one that finds its place taken stays new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Places(Vec<Place>);

impl Default for Places {
    fn default() -> Self {
        Self(vec![Place::default(); PLACES])
    }
}

impl Places {
    fn index(from: u64) -> (usize, u32) {
        let index = usize::try_from(from).unwrap_or(0) % PLACES;
        (index, u32::try_from(from >> 32).unwrap_or(0).max(1))
    }

    fn count(&mut self, hour: i64, from: u64) {
        let (index, tag) = Self::index(from);
        let place = &mut self.0[index];
        let now_h = u32::try_from(hour).unwrap_or(0);
        if place.tag == 0 || hour - i64::from(place.last_h) > AWAY_H {
            *place = Place {
                tag,
                first_h: now_h,
                last_h: now_h,
            };
        } else if place.tag == tag {
            place.last_h = now_h;
        }
    }

    /// Whether rows came from there a day before, or so.
    fn is_partner(&self, hour: i64, from: u64) -> bool {
        let (index, tag) = Self::index(from);
        let place = &self.0[index];
        place.tag == tag
            && hour - i64::from(place.first_h) >= PARTNER_H
            && hour - i64::from(place.last_h) <= AWAY_H
    }
}

/// What the rows of partners look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Partners {
    look_ups: Fading<PARTNERS_S>,
    suspected: Fading<PARTNERS_S>,
}

/// The hours with rows of several names at an address, and with rows of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    several: Rows,
    many: Rows,
    places: Places,
    /// Of those with several names, and with many.
    partners: [Partners; 2],
    /// The first hour of the clock that was seen, and the present one.
    first: Option<i64>,
    hour: i64,
}

impl Bulk {
    /// Counts a stranger's look-up; `from` is a secret key of its address, where names are looked up in rows, and
    /// `suspected` says whether the score would have a first row challenged.
    pub fn count(&mut self, at_s: i64, names: NamesThere, from: u64, suspected: bool) {
        if names == NamesThere::Few {
            return;
        }
        let is_many = names == NamesThere::Many;
        self.several.came += 1;
        self.many.came += u32::from(is_many);
        if self.places.is_partner(self.hour, from) {
            let partners = &mut self.partners[usize::from(is_many)];
            partners.look_ups.add(at_s, ONE);
            partners.suspected.add(at_s, ONE * u64::from(suspected));
        }
        self.places.count(self.hour, from);
    }

    /// Whether a row comes from where none came a day before, while the score hardly ever suspects those who come again.
    #[must_use]
    pub fn is_from_somebody_new(&self, names: NamesThere, from: u64) -> bool {
        if names == NamesThere::Few || from == 0 || !self.is_known_for(KNOWN_H) {
            return false;
        }
        let is_many = names == NamesThere::Many;
        let partners = &self.partners[usize::from(is_many)];
        let at_s = self.hour * HOUR_S;
        let suspected = partners.suspected.read(at_s).saturating_sub(A_FEW);
        suspected * ONE_IN <= partners.look_ups.read(at_s)
            && !self.places.is_partner(self.hour, from)
    }

    /// Whether it can be gone on with: it was read from a file.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        self.places.0.len() == PLACES
    }

    #[cfg(test)]
    pub(super) fn spoil(&mut self) {
        self.places.0.truncate(1);
    }

    fn is_known_for(&self, hours: i64) -> bool {
        self.first.is_some_and(|first| self.hour >= first + hours)
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
        self.is_known_for(FIRST_DAY) && rows.hours.count_ones() < USUAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTNER: u64 = 7 << 32 | 7;
    const ELSEWHERE: u64 = 9 << 32 | 9;

    /// So many hours, in each of which so many look-ups of many came from a partner.
    fn after(hours: i64, each: impl Fn(i64) -> u32) -> Bulk {
        let mut bulk = Bulk::default();
        for hour in 0..hours {
            bulk.turn(hour * HOUR_S);
            for _ in 0..each(hour) {
                bulk.count(hour * HOUR_S, NamesThere::Many, PARTNER, false);
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

    #[test]
    fn a_row_from_elsewhere_is_somebodys_new_where_the_score_knows_those_who_come_again() {
        let bulk = after(60, |_| 50);
        assert!(bulk.is_from_somebody_new(NamesThere::Many, ELSEWHERE));
        assert!(!bulk.is_from_somebody_new(NamesThere::Many, PARTNER));
        assert!(!bulk.is_from_somebody_new(NamesThere::Few, ELSEWHERE));
        let early = after(47, |_| 50);
        assert!(!early.is_from_somebody_new(NamesThere::Many, ELSEWHERE));
    }

    #[test]
    fn where_the_score_suspects_partners_too_nobody_is_new() {
        let mut bulk = after(60, |_| 50);
        let suspect = |bulk: &mut Bulk, times: u64| {
            for _ in 0..times {
                bulk.count(60 * HOUR_S, NamesThere::Many, PARTNER, true);
            }
        };
        suspect(&mut bulk, 3);
        assert!(bulk.is_from_somebody_new(NamesThere::Many, ELSEWHERE));
        suspect(&mut bulk, 50);
        assert!(!bulk.is_from_somebody_new(NamesThere::Many, ELSEWHERE));
        assert!(
            bulk.is_from_somebody_new(NamesThere::Several, ELSEWHERE),
            "told apart"
        );
    }

    #[test]
    fn whoever_comes_with_rows_for_a_day_is_a_partner_until_away_for_eight() {
        let mut bulk = after(60, |_| 50);
        bulk.count(60 * HOUR_S, NamesThere::Many, ELSEWHERE, false);
        let is_new = |bulk: &mut Bulk, hour: i64| {
            bulk.turn(hour * HOUR_S);
            bulk.is_from_somebody_new(NamesThere::Many, ELSEWHERE)
        };
        assert!(is_new(&mut bulk, 79));
        assert!(!is_new(&mut bulk, 80));
        assert!(!is_new(&mut bulk, 60 + AWAY_H));
        assert!(is_new(&mut bulk, 61 + AWAY_H));
    }

    #[test]
    fn a_flood_of_addresses_pushes_no_partner_out() {
        let mut bulk = after(60, |_| 50);
        for n in 1..50_000_u64 {
            let from = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            bulk.count(60 * HOUR_S, NamesThere::Several, from, false);
        }
        assert!(!bulk.is_from_somebody_new(NamesThere::Many, PARTNER));
        let places = bulk.places.0.iter().filter(|place| place.tag != 0);
        assert!(places.count() > PLACES / 2);
    }
}
