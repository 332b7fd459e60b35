//! How many people go on (D18): of strangers who failed and were not suspected, as many as were people by their scores, the share
//! that got in from the same place within half an hour.
//!
//! Whoever is challenged and was a person shows it later by getting in. How many of them do differs from service to service:
//! nine in ten who mistype a password, hardly one of the mail clients that keep an old one, and of those who try a name that
//! nobody has those who have another. What the unsuspected do, of whom nearly all are people, says what to expect of the others.

use crate::card::CardGroup;
use crate::state::fading::{Fading, ONE};
use serde::{Deserialize, Serialize};

/// Half-life of the shares: the habits of a service's people last.
const MEMORY_S: i64 = 24 * 3_600;
/// What is not known is taken for usual, with the weight of so many people.
const DOUBT: u64 = 8 * ONE;
/// The usual share of those who fail at the password, and at the name, in 1/256.
pub const USUAL: u64 = 179;
const USUAL_OF_NAMES: u64 = 218;
/// No share is believed to be less, in 1/256: an attack that is not suspected does not go on either, and is not to be taken for people
/// who never do.
const LEAST: u64 = 46;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Share {
    people: Fading<MEMORY_S>,
    went_on: Fading<MEMORY_S>,
}

impl Share {
    fn read(&self, at_s: i64, usual: u64) -> u64 {
        let went_on = self.went_on.read(at_s) * 256 + DOUBT * usual;
        (went_on / (self.people.read(at_s) + DOUBT)).clamp(LEAST, 256)
    }
}

/// The shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    failures: Share,
    names: Share,
}

impl Shown {
    /// Counts a failure of a stranger who was not suspected, as what part of a person (in 2^-16) its score takes it for.
    pub fn count(&mut self, at_s: i64, group: CardGroup, people: u64, went_on: bool) {
        let share = match group {
            CardGroup::WrongPassword | CardGroup::Failure => &mut self.failures,
            CardGroup::UnknownUser => &mut self.names,
            _ => return,
        };
        share.people.add(at_s, people);
        if went_on {
            share.went_on.add(at_s, ONE);
        }
    }

    /// Of people whose login fails, the share that gets in soon after, in 1/256.
    #[must_use]
    pub fn of_failures(&self, at_s: i64) -> u64 {
        self.failures.read(at_s, USUAL)
    }

    /// Of those who try a name that nobody has.
    #[must_use]
    pub fn of_names(&self, at_s: i64) -> u64 {
        self.names.read(at_s, USUAL_OF_NAMES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_goes_from_the_usual_to_what_people_do_and_never_below_a_sixth() {
        let mut shown = Shown::default();
        assert_eq!(shown.of_failures(0), USUAL);
        for n in 0..1_000 {
            shown.count(0, CardGroup::Failure, ONE, n % 2 == 0);
        }
        assert!((127..=130).contains(&shown.of_failures(0)));
        assert_eq!(shown.of_names(0), USUAL_OF_NAMES);
        for _ in 0..1_000 {
            shown.count(0, CardGroup::UnknownUser, ONE, false);
        }
        assert_eq!(shown.of_names(0), LEAST);
    }

    #[test]
    fn who_is_half_a_person_counts_half_and_all_fades() {
        let mut shown = Shown::default();
        for _ in 0..1_000 {
            shown.count(0, CardGroup::Failure, ONE / 2, true);
        }
        assert_eq!(shown.of_failures(0), 256, "no more than all go on");
        for _ in 0..1_000 {
            shown.count(0, CardGroup::Failure, ONE / 2, false);
        }
        assert!(shown.of_failures(0) > 250);
        let (days, little) = (20 * MEMORY_S, USUAL + 2);
        assert!((USUAL..little).contains(&shown.of_failures(days)));
    }

    #[test]
    fn what_may_be_the_services_own_fault_says_nothing_nor_do_sign_ups_and_look_ups() {
        let mut shown = Shown::default();
        for group in [
            CardGroup::Other,
            CardGroup::Signup,
            CardGroup::Lookup,
            CardGroup::Success,
            CardGroup::Token,
        ] {
            shown.count(0, group, ONE, false);
        }
        assert_eq!(shown, Shown::default());
    }
}
