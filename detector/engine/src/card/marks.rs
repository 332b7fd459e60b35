//! Marks: into which step each trait of an attempt falls.

use super::Trait;
use crate::pattern::PlaceState;
use crate::place::PlaceFacts;
use crate::rhythm::RhythmFacts;
use crate::service::values::Field;
use crate::signals::Known;
use crate::signals::weigh::times;
use credsieve_models::Lane;
use serde::{Deserialize, Serialize};

/// The steps of one attempt, a byte a trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<u8>", try_from = "Vec<u8>")]
pub struct Marks {
    steps: [u8; Trait::COUNT],
}

impl From<Marks> for Vec<u8> {
    fn from(marks: Marks) -> Self {
        marks.steps.to_vec()
    }
}

impl TryFrom<Vec<u8>> for Marks {
    type Error = String;

    fn try_from(steps: Vec<u8>) -> Result<Self, String> {
        let expected = || format!("expected {} steps, found {}", Trait::COUNT, steps.len());
        let steps = steps.as_slice().try_into().map_err(|_| expected())?;
        Ok(Self { steps })
    }
}

/// The step of [`Trait::TriesEach`] where nothing was counted.
const NOTHING_TRIED: u8 = 1;

/// Whose the password of another try is: so many ranges.
const PASSWORDS: u8 = 6;

/// All but the one who tries.
fn others(users: u32) -> u32 {
    users.saturating_sub(1)
}

fn small(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl Marks {
    /// Marks with these steps.
    #[cfg(test)]
    pub(crate) fn with_steps(steps: [u8; Trait::COUNT]) -> Self {
        Self { steps }
    }

    /// All steps, in the order of the card.
    pub(super) fn steps(&self) -> &[u8; Trait::COUNT] {
        &self.steps
    }

    /// The step of a trait.
    #[must_use]
    pub fn step(&self, of: Trait) -> u8 {
        self.steps[of as usize]
    }

    /// Whether the same wrong thing came again: from the same network, or in the same program from elsewhere.
    #[must_use]
    pub fn is_repeat(&self) -> bool {
        self.step(Trait::Again) >= 3 * PASSWORDS || self.step(Trait::Elsewhere) > 0
    }

    /// The marks of an attempt.
    #[must_use]
    pub fn of(known: &Known<'_>) -> Self {
        let (ip, user) = (&known.source.ip, known.user);
        let usual = &known.policy.signals;
        let (near, wide) = (&known.source.near, &known.source.wide);
        let around = |place: &PlaceFacts, base| {
            times(others(place.short_users), base + 25 * place.good_users)
        };
        // Of several values the one that is most like the attack; 0 where the attempt has none of them.
        let like = |fields: &[Field]| {
            let told = fields.iter().filter_map(|of| known.likeness.of(*of));
            told.max().unwrap_or(0)
        };
        let value = |of: Trait| match of {
            Trait::Excess => known.lane_facts.excess,
            Trait::Warmth => warmth(known),
            Trait::Network => like(&[Field::Asn, Field::Country]),
            Trait::Tool => like(&[Field::Tool, Field::Agent]),
            Trait::Pattern => known
                .service
                .pattern_weight(known.at_s, known.lane, known.pattern),
            Trait::PlaceHistory => {
                known.pattern.place as i32 * 5 + i32::from(known.pattern.history)
            }
            Trait::Device => known.pattern.device as i32 * 2 + i32::from(user.logins > 0),
            Trait::NearNames => near_names(known),
            Trait::Suspect => suspect(known),
            Trait::UsersNow => times(others(ip.short_users), 5 + 25 * ip.good_users),
            Trait::UsersToday => times(others(ip.day_users), 40 + 50 * ip.good_users),
            Trait::Belong => small(ip.good_users),
            Trait::TakenBack => {
                i32::from(known.frame.failed() && ip.short_failures > 0 && ip.short_users == 0)
            }
            Trait::NearUsers => around(near, 30),
            Trait::WideUsers => around(wide, 120),
            Trait::NearBelong => small(near.good_users),
            // A forgotten program that repeats itself is no guessing.
            Trait::Failures | Trait::FailuresToday if user.same_again => times(0, 100),
            Trait::Again | Trait::TriesEach => 0, // Of two others: below.
            Trait::Failures => times(ip.failures, 100 * usual.failures.usual + 50 * ip.good_users),
            Trait::FailuresToday => times(
                ip.day_failures,
                100 * usual.daily_failures.usual + 60 * ip.good_users,
            ),
            Trait::Password => password(known),
            Trait::TriedFrom if user.logins > 0 || known.frame.succeeded() => 0,
            Trait::TriedFrom => small(user.tried_from),
            Trait::FailingAddresses => small(others(user.failing_addresses)),
            Trait::Kin => small(ip.kin),
            Trait::Slow | Trait::Pace if user.same_again => 0,
            Trait::Slow => small(ip.rhythm.spans),
            Trait::Pace => pace(&ip.rhythm),
            Trait::Since => since(known),
            Trait::Pairing => like(&[Field::Pairing]),
            Trait::Endpoint => like(&[Field::Endpoint]),
            Trait::MailDomain => like(&[Field::MailDomain]),
            Trait::NameForm => like(&[Field::NameForm]),
            Trait::OwnTool => own_tool(known),
            Trait::RightBefore => right_before(known),
            Trait::Elsewhere => small(user.elsewhere),
            Trait::DeviceUsers => known.frame.device.map_or(i32::MIN, |_| {
                let device = &known.entity.device;
                times(others(device.users), 20 + 10 * device.owners)
            }),
        };
        let mut marks = Self {
            steps: [0; Trait::COUNT],
        };
        for of in Trait::ALL {
            marks.steps[*of as usize] = of.step_of(value(*of));
        }
        marks.steps[Trait::Again as usize] = marks.again(again(known));
        // Without names nobody knows who is tried once more.
        marks.steps[Trait::TriesEach as usize] = if known.frame.user.is_some() {
            marks.tries_each()
        } else {
            NOTHING_TRIED
        };
        marks
    }

    /// Whether it is another try, by whose the password is: nobody's and tried nowhere, somebody's,
    /// many people's; tried for one user, for more; not told.
    fn again(&self, again: u8) -> u8 {
        let password = match self.step(Trait::Password) {
            at @ 0..3 => at,
            3..6 => 3,
            6..15 => 4,
            _ => 5,
        };
        again * PASSWORDS + password
    }

    /// Failures in a day by users in a day, four ranges each.
    fn tries_each(&self) -> u8 {
        let range = |of| match self.step(of) {
            0..2 => 0,
            2..4 => 1,
            4..6 => 2,
            _ => 3,
        };
        range(Trait::FailuresToday) * 4 + range(Trait::UsersToday)
    }

    /// The same attempt, were there no excess.
    #[must_use]
    pub fn without_excess(mut self) -> Self {
        self.steps[Trait::Excess as usize] = 0;
        self.steps[Trait::Warmth as usize] &= !3;
        self
    }
}

/// Four ranges of the excess, for each of four of what has been learned.
fn warmth(known: &Known<'_>) -> i32 {
    let learned = match known.service.lanes().learned() {
        ..96 => 0,
        96..176 => 1,
        176..224 => 2,
        224.. => 3,
    };
    let excess = match known.lane_facts.excess {
        ..1 => 0,
        1..1_280 => 1,
        1_280..2_048 => 2,
        2_048.. => 3,
    };
    learned * 4 + excess
}

/// Eight ranges of the gap; of the quick ones two more where gaps were alike, as a machine's are. That
/// slow gaps are alike says nothing: a forgotten program comes like a patient attacker.
fn pace(rhythm: &RhythmFacts) -> i32 {
    let steady = rhythm.steady >= 3;
    match rhythm.gap_ms {
        0 => 0,
        1..=4_000 if steady => 8,
        4_001..=60_000 if steady => 9,
        1..=1_000 => 1,
        1_001..=4_000 => 2,
        4_001..=15_000 => 3,
        15_001..=60_000 => 4,
        60_001..=300_000 => 5,
        300_001..=1_800_000 => 6,
        _ => 7,
    }
}

/// Seven ranges of the time since the last login, at home and abroad; 0 without a login.
fn since(known: &Known<'_>) -> i32 {
    if known.user.logins == 0 {
        return 0;
    }
    let range = match known.user.since_login_s {
        0..300 => 0,
        300..1_800 => 1,
        1_800..10_800 => 2,
        10_800..43_200 => 3,
        43_200..172_800 => 4,
        172_800..864_000 => 5,
        _ => 6,
    };
    let abroad = known.frame.country.is_some() && known.user.place == PlaceState::New;
    1 + range * 2 + i32::from(abroad)
}

/// An attacker whose names happen to be near to people's gains nothing by it.
fn near_names(known: &Known<'_>) -> i32 {
    let near = known.entity.near_names;
    let tells = known.service.lanes().near_names_are_people(known.at_s);
    if known.lane == Lane::LoginUnknownUser && tells {
        i32::from(near)
    } else {
        0
    }
}

/// Nothing; the same user failed from this network just before, or was flagged there; the same wrong
/// thing again.
fn again(known: &Known<'_>) -> u8 {
    let user = known.user;
    match (
        user.same_again,
        user.failed_here,
        user.flagged_here.is_some(),
    ) {
        (true, ..) => 3,
        (false, true, true) => 2,
        (false, true, false) => 1,
        (false, false, _) => 0,
    }
}

/// Where a tool is told and the user's are known: whether it is another, the program of the last login, or one of the
/// user's tools.
fn own_tool(known: &Known<'_>) -> i32 {
    let (frame, user) = (known.frame, known.user);
    if !user.has_tool || (frame.tool.is_none() && frame.agent.is_none()) {
        0
    } else if user.knows_tool {
        3
    } else if user.knows_agent {
        2
    } else {
        1
    }
}

/// Where the password is told and some that were right are known: whether it was not, or was, right before. A question
/// is asked before the password is checked: one that was right may be right now.
fn right_before(known: &Known<'_>) -> i32 {
    let frame = known.frame;
    if !known.user.has_password || frame.password.is_none() || frame.outcome.is_none() {
        0
    } else {
        1 + i32::from(known.user.good_password)
    }
}

/// A success within three hours, or half an hour, after one that was suspect.
fn suspect(known: &Known<'_>) -> i32 {
    match known.user.since_suspect_s {
        _ if !known.frame.proves_user() => 0,
        0..1_800 => 2,
        1_800..10_800 => 1,
        _ => 0,
    }
}

/// Five steps of failing users, for none, few and many owners each; the last where no password is told.
fn password(known: &Known<'_>) -> i32 {
    if known.frame.password.is_none() {
        return 15;
    }
    let password = &known.entity.password;
    let users = match password.users {
        0 => 0,
        1 => 1,
        2 => 2,
        3..=5 => 3,
        _ => 4,
    };
    let owners = match password.owners {
        0 => 0,
        1..=2 => 1,
        _ => 2,
    };
    users * 3 + owners
}
