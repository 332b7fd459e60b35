//! The joint pattern of an attempt: how familiar its device and place are to its user, how much
//! history the user has, and how well its address stands.
//!
//! Taken jointly, because the parts depend on one another: a new device at a new place is common
//! among users who came once, and hardly ever seen among those who came ten times.

use crate::fixed::ln_ratio;
use credsieve_models::Lane;
use serde::{Deserialize, Serialize};

/// What the attempt's device is to its user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DeviceState {
    /// One of those the user is known by.
    Known,
    /// Many users succeed on it: a kiosk, a laboratory, an aggregator.
    Shared,
    /// It belongs to somebody else.
    Others,
    /// Nobody has succeeded on it yet.
    New,
    /// The attempt has no device token.
    #[default]
    None,
}

/// The nearest thing about the attempt's place that its user is known by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PlaceState {
    /// The address.
    Address,
    /// The /24 or /56.
    Network,
    /// The autonomous system.
    Asn,
    /// The country.
    Country,
    /// Nothing about it.
    #[default]
    New,
}

/// The joint pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The device.
    pub device: DeviceState,
    /// The place.
    pub place: PlaceState,
    /// How much history the user has: 0, 1, 2 to 3, 4 to 9, 10 and more logins.
    pub history: u8,
    /// How many users belong at the address: 0, 1, 2 to 4, 5 and more.
    pub standing: u8,
}

const DEVICES: usize = 5;
const PLACES: usize = 5;
const HISTORIES: usize = 5;
const STANDINGS: usize = 4;

impl Pattern {
    /// How many there are.
    pub const COUNT: usize = DEVICES * PLACES * HISTORIES * STANDINGS;

    /// The bucket of so many logins.
    #[must_use]
    pub fn history_of(logins: u32) -> u8 {
        match logins {
            0 => 0,
            1 => 1,
            2..=3 => 2,
            4..=9 => 3,
            _ => 4,
        }
    }

    /// The bucket of so many users.
    #[must_use]
    pub fn standing_of(users: u32) -> u8 {
        match users {
            0 => 0,
            1 => 1,
            2..=4 => 2,
            _ => 3,
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        ((self.device as usize * PLACES + self.place as usize) * HISTORIES
            + usize::from(self.history))
            * STANDINGS
            + usize::from(self.standing)
    }

    /// The same but for the standing, all four of them.
    pub fn with_any_standing(self) -> impl Iterator<Item = Self> {
        (0..4).map(move |standing| Self { standing, ..self })
    }

    /// How often attackers show this pattern, in 1/1,000,000, before any has been learned: they have
    /// no device of the user's, come from elsewhere, and mostly where nobody belongs. How much
    /// history their victims have is theirs to find out: it is taken as even.
    #[must_use]
    pub fn usual_in_attacks(self, lane: Lane) -> u64 {
        let device = [3, 60, 60, 550, 327][self.device as usize];
        let place = if self.history == 0 {
            [0, 0, 0, 0, 1_000][self.place as usize].max(1)
        } else {
            [3, 12, 90, 300, 595][self.place as usize]
        };
        let standing = [700, 90, 90, 120][usize::from(self.standing)];
        device * place * standing * self.history_share(lane) / 1_000_000
    }

    /// How often honest attempts show it, likewise.
    #[must_use]
    pub fn usual_in_people(self, lane: Lane) -> u64 {
        let tries_a_name = lane == Lane::LoginUnknownUser;
        let device = match (self.history, tries_a_name) {
            (_, true) => [0, 80, 550, 120, 250],
            (0, _) => [0, 40, 60, 720, 180],
            _ => [800, 30, 30, 60, 80],
        }[self.device as usize]
            .max(1);
        let place = if self.history == 0 {
            [0, 0, 0, 0, 1_000][self.place as usize].max(1)
        } else {
            [620, 110, 180, 60, 30][self.place as usize]
        };
        let standing = [300, 300, 150, 250][usize::from(self.standing)];
        device * place * standing * self.history_share(lane) / 1_000_000
    }

    /// The share of a history bucket, in 1/1,000.
    fn history_share(self, lane: Lane) -> u64 {
        match (lane, self.history) {
            (Lane::LoginUnknownUser | Lane::SignupSuccess | Lane::SignupFailure, 0) => 960,
            (Lane::LoginUnknownUser | Lane::SignupSuccess | Lane::SignupFailure, _) => 10,
            _ => 200,
        }
    }

    /// The log-odds that the default figures alone give, in 1/256 nat.
    #[must_use]
    pub fn default_weight(self, lane: Lane) -> i32 {
        ln_ratio(
            self.usual_in_attacks(lane).max(1),
            self.usual_in_people(lane).max(1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> impl Iterator<Item = Pattern> {
        use DeviceState as D;
        use PlaceState as P;
        let devices = [D::Known, D::Shared, D::Others, D::New, D::None];
        let places = [P::Address, P::Network, P::Asn, P::Country, P::New];
        devices.into_iter().flat_map(move |device| {
            places.into_iter().flat_map(move |place| {
                (0..5).flat_map(move |history| {
                    (0..4).map(move |standing| Pattern {
                        device,
                        place,
                        history,
                        standing,
                    })
                })
            })
        })
    }

    #[test]
    fn every_pattern_has_a_number_of_its_own() {
        let mut numbers: Vec<usize> = every().map(Pattern::index).collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(0..Pattern::COUNT));
    }

    #[test]
    fn the_figures_before_learning_are_shares_of_a_whole() {
        for lane in [Lane::LoginSuccess, Lane::LoginUnknownUser] {
            for usual in [Pattern::usual_in_attacks, Pattern::usual_in_people] {
                let sum: u64 = every().map(|pattern| usual(pattern, lane)).sum();
                assert!((900_000..1_100_000).contains(&sum), "{lane:?} {sum}");
            }
        }
    }

    #[test]
    fn a_known_device_acquits_and_a_stranger_everywhere_incriminates() {
        let known = Pattern {
            device: DeviceState::Known,
            place: PlaceState::Address,
            history: 4,
            standing: 1,
        };
        let stranger = Pattern {
            device: DeviceState::New,
            place: PlaceState::New,
            history: 4,
            standing: 0,
        };
        assert!(known.default_weight(Lane::LoginSuccess) < -8 * 256);
        assert!(stranger.default_weight(Lane::LoginSuccess) > 3 * 256);
    }

    #[test]
    fn without_a_device_or_history_an_attempt_is_judged_gently() {
        let pattern = |device, history| Pattern {
            device,
            place: if history == 0 {
                PlaceState::New
            } else {
                PlaceState::Network
            },
            history,
            standing: 1,
        };
        let lane = Lane::LoginBadPassword;
        let first = pattern(DeviceState::New, 0).default_weight(lane);
        assert!(first.abs() < 3 * 256, "{first}");
        let without = pattern(DeviceState::None, 4).default_weight(lane);
        assert!(without < 256, "{without}");
    }

    #[test]
    fn buckets_rise_with_what_they_hold() {
        assert_eq!(
            [0, 1, 3, 4, 9, 10, 60_000].map(Pattern::history_of),
            [0, 1, 2, 3, 3, 4, 4]
        );
        assert_eq!(
            [0, 1, 2, 4, 5, 500].map(Pattern::standing_of),
            [0, 1, 2, 2, 3, 3]
        );
    }
}
