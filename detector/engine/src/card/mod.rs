//! The card: what each trait of a stranger's attempt weighs.
//!
//! A score is a sum: every trait falls into one of a few steps, and the card has a weight for each,
//! by what was attempted and how it ended. The weights were fitted to labelled traffic
//! (`make fit`, `docs/detection.md`), all traits together, so that what two of them say alike
//! counts once. In the table a count's weight never falls as the count rises, and standing never
//! incriminates. What traits say together and not each by itself, small trees add ([`forest`]).

mod forest;
mod marks;
mod table;
mod trees;

pub use marks::Marks;

use crate::service::hindsight::{self, Hindsight};
use credsieve_models::Lane;
use credsieve_models::verdict::LogOdds;

/// Lanes that share a column of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardGroup {
    /// Logins and second factors that succeed.
    Success,
    /// A wrong password, a locked account, a wrong code.
    WrongPassword,
    /// A name that nobody has.
    UnknownUser,
    /// A failure whose reason is not said.
    Failure,
    /// A failure that is not the caller's fault.
    Other,
    /// Sign-ups.
    Signup,
    /// Look-ups and resets.
    Lookup,
    /// Tokens.
    Token,
}

impl CardGroup {
    /// How many there are.
    pub const COUNT: usize = 8;
    /// All of them, in the order of the card.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Success,
        Self::WrongPassword,
        Self::UnknownUser,
        Self::Failure,
        Self::Other,
        Self::Signup,
        Self::Lookup,
        Self::Token,
    ];

    /// The column of a lane.
    #[must_use]
    pub fn of(lane: Lane) -> Self {
        match lane {
            Lane::LoginSuccess | Lane::MfaSuccess => Self::Success,
            Lane::LoginBadPassword | Lane::LoginBadMfa | Lane::LoginLocked | Lane::MfaFailure => {
                Self::WrongPassword
            }
            Lane::LoginUnknownUser => Self::UnknownUser,
            Lane::LoginFailure => Self::Failure,
            Lane::LoginOther => Self::Other,
            Lane::SignupSuccess | Lane::SignupFailure => Self::Signup,
            Lane::LookupSuccess | Lane::LookupFailure | Lane::ResetSuccess | Lane::ResetFailure => {
                Self::Lookup
            }
            Lane::TokenSuccess | Lane::TokenFailure => Self::Token,
        }
    }
}

/// How a trait's weights must run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slope {
    /// The more, the more like an attack.
    Rising,
    /// The more, the less.
    Falling,
    /// Steps without an order.
    None,
}

macro_rules! traits {
    ($($(#[$doc:meta])* $name:ident: $steps:expr, $slope:ident;)+) => {
        /// What is weighed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Trait { $($(#[$doc])* $name,)+ }

        impl Trait {
            /// All of them, in the order of the card.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// From which value on each step after the first holds.
            #[must_use]
            pub const fn steps(self) -> &'static [i32] {
                match self { $(Self::$name => &$steps,)+ }
            }

            /// How its weights must run.
            #[must_use]
            pub const fn slope(self) -> Slope {
                match self { $(Self::$name => Slope::$slope,)+ }
            }
        }
    };
}

/// How often a count is above what is usual, from a seventh to four hundred times, in 1/256 nat.
const TIMES: [i32; 13] = [
    -384, -256, -128, 1, 128, 256, 384, 512, 640, 768, 1_024, 1_280, 1_536,
];
/// How much more like the attack than like people a value is, in 1/256 nat.
const LIKENESS: [i32; 8] = [-512, -256, -96, -24, 24, 96, 256, 512];
const ONE_TO_24: [i32; 24] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
];
const ONE_TO_23: [i32; 23] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
];
const ONE_TO_15: [i32; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const ONE_TO_9: [i32; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

traits! {
    /// The odds of the lane: how many more strangers come than trusted successes lead one to expect.
    Excess: [1, 256, 512, 768, 1_024, 1_280, 1_536, 1_792, 2_048, 2_304, 2_560, 2_816], Rising;
    /// The same, by how far the service is known.
    Warmth: ONE_TO_15, None;
    /// How like the present attack the autonomous system is; the country where none is known.
    Network: LIKENESS, Rising;
    /// How like it the tool or the agent is, whichever is more.
    Tool: LIKENESS, Rising;
    /// The joint pattern's learned ratio.
    Pattern: [-1_536, -1_024, -768, -512, -384, -256, -128, 0, 128, 256, 384, 512, 768, 1_024], Rising;
    /// How near the place is to the user's, by how much history the user has.
    PlaceHistory: ONE_TO_24, None;
    /// What the device is to the user, by whether the user has any history.
    Device: ONE_TO_9, None;
    /// Variants that an unknown name has in common with those who logged in.
    NearNames: [1, 2, 3, 4], Falling;
    /// Whether the same user failed from this network just before, or sent the same wrong thing, by
    /// whose the password is.
    Again: ONE_TO_23, None;
    /// Failures from the address in a day, by how many users were tried.
    TriesEach: ONE_TO_15, None;
    /// How long ago a suspect success of the user was.
    Suspect: [1, 2], Rising;
    /// Other users tried from the address now.
    UsersNow: TIMES, Rising;
    /// The same in a day.
    UsersToday: TIMES, Rising;
    /// Users who belong at the address.
    Belong: [1, 2, 4, 8, 16, 64], Falling;
    /// What was tried from the address was taken back: by people who belong there.
    TakenBack: [1], Falling;
    /// Other users tried from the /24 or /56.
    NearUsers: TIMES, Rising;
    /// … from the /20 or /48.
    WideUsers: TIMES, Rising;
    /// Users who belong at the /24 or /56.
    NearBelong: [1, 3, 10, 50], Falling;
    /// Failures from the address now.
    Failures: TIMES, Rising;
    /// The same in a day.
    FailuresToday: TIMES, Rising;
    /// How many users the password fails for, by how many it is right for.
    Password: ONE_TO_15, None;
    /// Networks that tried a name which never succeeded.
    TriedFrom: [2, 3, 4, 5, 6], Rising;
    /// Other addresses of strangers from which the user fails.
    FailingAddresses: [1, 2, 3, 4, 6], Rising;
    /// Other users tried on the device.
    DeviceUsers: TIMES, Rising;
    /// Names whose kin was tried from the address just before.
    Kin: [1, 2, 3, 6, 12, 24], Rising;
    /// How long after the try before the address tries a name.
    Pace: ONE_TO_9, None;
    /// Half hours in a row in which the address tried names.
    Slow: [2, 3, 5, 9, 13, 25], None;
    /// How long ago the user logged in last, by whether the country is one of the user's.
    Since: ONE_TO_15, None;
    /// How like the attack the pair of tool and agent is.
    Pairing: LIKENESS, Rising;
    /// … the endpoint.
    Endpoint: LIKENESS, Rising;
    /// … the mail domain of the name.
    MailDomain: LIKENESS, Rising;
    /// … the form of the name.
    NameForm: LIKENESS, Rising;
    /// Whether the user comes with other tools, came last with this program, or comes with this very tool.
    OwnTool: [1, 2, 3], None;
    /// Whether the password was not, or was, right for the user before.
    RightBefore: [1, 2], None;
    /// How often this wrong password came for the user in this program from other networks.
    Elsewhere: [1, 2, 3], Falling;
}

impl Trait {
    /// The step that a value falls into.
    #[must_use]
    pub fn step_of(self, value: i32) -> u8 {
        let step = self.steps().partition_point(|from| *from <= value);
        u8::try_from(step).unwrap_or(u8::MAX)
    }
}

/// What a step of a trait weighs, in 1/256 nat.
#[must_use]
pub fn weight(group: CardGroup, of: Trait, step: u8) -> i32 {
    let weights = table::TABLE[group as usize][of as usize];
    weights.get(usize::from(step)).copied().map_or(0, i32::from)
}

/// What it weighs to be a stranger in a lane of a service that is known, while nothing comes in excess.
#[must_use]
pub fn level(lane: Lane) -> LogOdds {
    const KNOWN: u8 = 12;
    let group = CardGroup::of(lane);
    LogOdds(
        weight(group, Trait::Excess, 0)
            + weight(group, Trait::Warmth, KNOWN)
            + forest::level(group),
    )
}

/// What the traits of an attempt weigh, and what it weighs to be a stranger in its lane, whatever
/// comes in excess.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    by_trait: [i32; Trait::COUNT],
    level: i32,
    shifted: i32,
}

impl Weights {
    /// Those of an attempt. The trees were grown where people are known: where a service is known by
    /// some parts of all only, they say so much less (of the level and its excess that is for `signals/excess.rs` to
    /// do, with the table's). `told` says of which traits the attempt has something to show: what is
    /// made of the others belongs to the level.
    #[must_use]
    pub fn of(
        group: CardGroup,
        marks: &Marks,
        known: (i32, i32),
        hindsight: &Hindsight,
        told: impl Fn(Trait) -> bool,
    ) -> Self {
        let mut by_trait = [0; Trait::COUNT];
        let mut level = forest::add(group, marks, &mut by_trait);
        let bend = Bend::of(hindsight.shifts_of(group, marks));
        for of in Trait::ALL {
            let said = &mut by_trait[*of as usize];
            let told = told(*of);
            // To divide takes longer than all the rest, and hardly ever is there a need to.
            let in_part = known.0 < known.1 && told;
            if in_part && !matches!(of, Trait::Excess | Trait::Warmth) {
                *said = *said * known.0 / known.1;
            }
            *said += weight(group, *of, marks.step(*of)) + bend.by_trait[*of as usize];
            if !told {
                level += std::mem::take(said);
            }
        }
        let quiet = marks.without_excess();
        for of in [Trait::Excess, Trait::Warmth] {
            let step = quiet.step(of);
            let at_rest = weight(group, of, step) + bend.scaled(hindsight.shift(group, of, step));
            by_trait[of as usize] -= at_rest;
            level += at_rest;
        }
        Self {
            by_trait,
            level,
            shifted: bend.all(),
        }
    }

    /// What a trait weighs; of the excess, what it adds to the level.
    #[must_use]
    pub fn by(&self, of: Trait) -> i32 {
        self.by_trait[of as usize]
    }

    /// What it weighs to be a stranger.
    #[must_use]
    pub fn level(&self) -> i32 {
        self.level
    }

    /// How much of all that was learned here, in hindsight.
    #[must_use]
    pub fn shifted(&self) -> i32 {
        self.shifted
    }
}

/// What was learned in hindsight; where all of it is more than its bound, each part in proportion less.
struct Bend {
    by_trait: [i32; Trait::COUNT],
    sum: i32,
}

impl Bend {
    fn of(by_trait: [i32; Trait::COUNT]) -> Self {
        let sum: i32 = by_trait.iter().sum();
        let mut bend = Self { by_trait, sum };
        if sum.abs() > hindsight::MOST {
            bend.by_trait = by_trait.map(|shift| bend.scaled(shift));
        }
        bend
    }

    fn scaled(&self, shift: i32) -> i32 {
        if self.sum.abs() > hindsight::MOST {
            shift * hindsight::MOST / self.sum.abs()
        } else {
            shift
        }
    }

    fn all(&self) -> i32 {
        self.by_trait.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_of_every_trait_has_a_weight() {
        for group in CardGroup::ALL {
            for of in Trait::ALL {
                let weights = table::TABLE[group as usize][*of as usize];
                assert_eq!(weights.len(), of.steps().len() + 1, "{group:?} {of:?}");
            }
        }
    }

    #[test]
    fn more_of_what_attackers_do_never_weighs_less() {
        for group in CardGroup::ALL {
            for of in Trait::ALL {
                let weights = table::TABLE[group as usize][*of as usize];
                let runs_well = match of.slope() {
                    Slope::Rising => weights.is_sorted(),
                    Slope::Falling => weights.is_sorted_by(|a, b| a >= b),
                    Slope::None => true,
                };
                assert!(runs_well, "{group:?} {of:?} {weights:?}");
            }
        }
    }

    #[test]
    fn where_hardly_anybody_is_known_trees_say_less_of_each_trait_and_the_table_as_much() {
        let marks = Marks::with_steps([2; Trait::COUNT]);
        for group in CardGroup::ALL {
            let [all, half, none] = [128, 64, 0].map(|known| {
                Weights::of(group, &marks, (known, 128), &Hindsight::default(), |_| true)
            });
            assert_eq!((all.level(), all.level()), (half.level(), none.level()));
            for of in Trait::ALL {
                let by = [all, half, none].map(|weights| weights.by(*of));
                if matches!(of, Trait::Excess | Trait::Warmth) {
                    assert_eq!((by[0], by[0]), (by[1], by[2]), "signals/excess.rs does it");
                    continue;
                }
                let table = weight(group, *of, marks.step(*of));
                assert_eq!(by[2], table, "{group:?} {of:?}");
                assert_eq!(by[1] - table, (by[0] - table) / 2, "{group:?} {of:?}");
            }
        }
    }

    #[test]
    fn whoever_bends_all_that_is_learned_in_hindsight_bends_a_score_by_two_nats() {
        for group in [CardGroup::WrongPassword, CardGroup::Lookup] {
            let marks = Marks::with_steps([2; Trait::COUNT]);
            let sum = |hindsight: &Hindsight| {
                let weights = Weights::of(group, &marks, (128, 128), hindsight, |_| true);
                let traits = Trait::ALL.iter().map(|of| weights.by(*of));
                (weights.level() + traits.sum::<i32>(), weights.shifted())
            };
            let (card, _) = sum(&Hindsight::default());
            for by in [-300, -20, 20, 300] {
                let (bent, shifted) = sum(&Hindsight::shifted_by(by));
                assert_eq!(bent - card, shifted);
                let all = by * i32::try_from(Trait::COUNT).unwrap();
                let most = all.clamp(-hindsight::MOST, hindsight::MOST);
                assert!((shifted - most).abs() <= 35, "{shifted}, {most}");
                assert!(shifted.abs() <= hindsight::MOST);
            }
        }
    }

    #[test]
    fn a_value_falls_into_the_step_that_it_has_reached() {
        assert_eq!(
            [-1, 0, 1, 3, 4, 99].map(|n| Trait::Belong.step_of(n)),
            [0, 0, 1, 2, 3, 6]
        );
    }
}
