//! The limits: from which log-odds an attempt is challenged, so that the share of people challenged
//! holds its budget.
//!
//! The score is a probability, so what it leaves over is the expected number of people among those
//! who would be challenged. A limit rises until that number fits the budget: where an attack looks
//! like people, more of it is let through rather than more people stopped.

mod lane_group;
mod steps;

use super::bulk::{Bulk, NamesThere};
use super::shown::{Shown, USUAL};
use super::shows::{Asked, Shows};
use crate::delta::Seen;
use crate::fixed::{ln_ratio, probability};
use crate::state::fading::{Fading, ONE};
use credsieve_models::Lane;
use credsieve_models::verdict::LogOdds;
use lane_group::{GROUPS, LaneGroup};
use serde::{Deserialize, Serialize};
use steps::Steps;

/// Half-life of what the limits are held against: a day has nights and rush hours.
const MEMORY_S: i64 = 24 * 3_600;
/// Half-life of how right the score is: what comes with a new attack, or a new crowd, is to count soon.
const SHOWN_S: i64 = 6 * 3_600;
/// How often the limits move.
const MOVE_S: i64 = 60;
/// Quarters of a nat, from -2.5 to 7: beyond, the score says 99.9 %.
const STEPS: usize = 38;
/// The lowest log-odds from which any attempt is revised, in 1/256 nat.
pub const LOWEST: i32 = -5 * LogOdds::NAT / 2;
const STEP: i32 = LogOdds::NAT / 4;
/// From here on everything is challenged, whatever the budget.
const HIGHEST: i32 = 7 * LogOdds::NAT;
const _: () = assert!(HIGHEST == LOWEST + STEP * 38 && STEPS == 38);
/// A look-up lets nobody in: where nothing shows who of those who look names up in rows are people, it takes 400 to one.
const UNSHOWN: LogOdds = LogOdds(6 * LogOdds::NAT);
/// 20 to one where people show it, or where no such rows came before: whoever looks many names up may still be a partner's server.
const ROW: LogOdds = LogOdds(3 * LogOdds::NAT);
/// Fewer than 8 names at an address, where nothing shows who people are: 7 to one.
const FEW: LogOdds = LogOdds(2 * LogOdds::NAT);
/// … and 3 to one where it is known who they are,
const KNOWN: LogOdds = LogOdds(LogOdds::NAT);
/// or 2 to one, of fewer than 8 names at an address, where it is known of those whom nothing speaks against.
const ALONE: LogOdds = LogOdds(3 * LogOdds::NAT / 4);
/// Questions about logins have a budget of their own, in percent of it: whoever asks before each login challenges by the answer. Not
/// the whole: people who come as strangers again within hours do not count there, and are asked all the same.
const PART_OF_QUESTIONS: u64 = 85;
/// No question is answered with a challenge below even odds: who is asked may be about to succeed.
const LOWEST_OF_QUESTIONS: LogOdds = LogOdds(0);
/// From even odds on, who asks for what needs no secret is suspected, challenged or not.
const SUSPECTED: i32 = 0;

/// Where fewer than four in five (in 1/256) of those go on who try a name that nobody has, more of those who are challenged are
/// people than their scores say.
const NAMES_GO_ON: u64 = 205;

/// Of the people whom the score expects among suspected sign-ups so many come, in 1/256: on most labelled traffic to choose by fewer,
/// in some a crowd of new customers.
const OF_SIGN_UPS: u64 = 96;

/// A budget of less than a person or two could not be held against anything.
const SLACK: u64 = ONE;

/// The limits with what they are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Expected people among the attempts of each group; of look-ups, among those from addresses with few names …
    people_at: [Steps; GROUPS],
    /// … and among those in rows.
    people_in_rows: Steps,
    rows_from: i32,
    /// Expected people in all.
    people: Fading<MEMORY_S>,
    from: [i32; GROUPS],
    /// Expected people by what a question about their login, before its outcome, comes to.
    people_asked: Steps,
    asked_from: i32,
    /// The same for those that are scored again, by the scores that they then have.
    people_again_at: [Steps; GROUPS],
    again_from: [i32; GROUPS],
    /// People to expect, by the score, among those who might show that they are people and were challenged; of those who ask for what needs
    /// no secret, among all who were suspected.
    expected: [Fading<SHOWN_S>; GROUPS],
    /// Those who showed it by succeeding from the same place soon after: people indeed.
    wronged: [Fading<SHOWN_S>; GROUPS],
    /// Who asked for what needs no secret, and who of them went on.
    shows: Shows,
    /// Whether names are looked up in rows here.
    bulk: Bulk,
    /// By how much more the score of a name that nobody has must say, where people who try one do not go on, in 1/256 nat.
    names_by: i32,
    /// Of people who fail, the share that gets in soon after, in 1/256.
    go_on: u64,
    moved: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            people_at: Default::default(),
            people_in_rows: Steps::default(),
            rows_from: LOWEST,
            people: Fading::default(),
            from: LaneGroup::ALL.map(|group| group.lowest(None)),
            people_asked: Steps::default(),
            asked_from: LOWEST_OF_QUESTIONS.0,
            people_again_at: Default::default(),
            again_from: [0; GROUPS],
            expected: Default::default(),
            wronged: Default::default(),
            shows: Shows::default(),
            bulk: Bulk::default(),
            names_by: 0,
            go_on: USUAL,
            moved: 0,
        }
    }
}

/// Whether whoever comes in a lane has shown to belong to the account.
fn proves_user(lane: Lane) -> bool {
    matches!(
        lane,
        Lane::LoginSuccess | Lane::MfaSuccess | Lane::TokenSuccess
    )
}

/// Below this no limit of the lane lies. What may be the service's own fault takes even odds, and so does a reset: whoever is locked
/// out has nothing else.
fn lowest_in(lane: Lane) -> i32 {
    match lane {
        Lane::LoginOther | Lane::ResetSuccess | Lane::ResetFailure => 0,
        _ => LOWEST,
    }
}

/// The people to expect in an attempt with these log-odds, in 2^-16.
#[must_use]
pub fn people_in(log_odds: i32) -> u64 {
    (10_000 - u64::from(probability(LogOdds(log_odds)).0)) * ONE / 10_000
}

/// A limit where so much of the service is known (in 1/256): `gentle` where nothing is, and from there on its way down to
/// `limit`.
#[must_use]
pub fn gently(limit: i32, gentle: i32, learned: i32) -> i32 {
    let low = limit.min(0);
    limit.max(gentle - (gentle - low) * learned / 256)
}

impl Limits {
    /// Counts an attempt. `budget` is the share of people that may be challenged, in 1/100,000.
    pub fn count(&mut self, at_s: i64, seen: &Seen, budget: u64, shown: &Shown) {
        let lane = seen.lane;
        let log_odds = seen.log_odds - self.more_asked(lane);
        let people = people_in(log_odds);
        self.people.add(at_s, people);
        let group = LaneGroup::of(lane);
        self.bulk.turn(at_s);
        if group == LaneGroup::Lookup && seen.stranger {
            let suspected = log_odds >= ROW.0;
            self.bulk
                .count(at_s, seen.names_there, seen.row_from, suspected);
        }
        // Of rows none is challenged below a limit of their own.
        let counted_from = match seen.names_there {
            NamesThere::Few => LOWEST,
            rows => self.floor_of_look_ups(rows, seen.row_from).0,
        };
        if log_odds >= counted_from.max(lowest_in(lane)) {
            let steps = match seen.names_there {
                NamesThere::Few => &mut self.people_at[group as usize],
                _ => &mut self.people_in_rows,
            };
            steps.add(at_s, log_odds, people);
        }
        if let Some(question) = seen.question {
            let people = people * u64::from(question.times);
            // How it ended tells more than the question knew: who succeeds is hardly ever a thief. Of failures the score is believed, or
            // less.
            let overconfidence = self.overconfidence(group, at_s).max(256);
            self.people_asked
                .add(at_s, question.log_odds, people * overconfidence / 256);
        }
        if seen.first && seen.may_show {
            let counts = match Asked::in_lane(lane) {
                Some(asked) => {
                    // From an address with several names it tells something only where going on is a habit of all.
                    let tells = seen.names_there == NamesThere::Few
                        || asked == Asked::SignUp
                        || self.shows.usual(asked).is_some();
                    let suspected = log_odds >= SUSPECTED && tells;
                    seen.stranger && self.shows.ask(at_s, asked, seen, suspected) && suspected
                }
                None => seen.flagged,
            };
            if counts {
                self.expected[group as usize].add(at_s, people);
            }
        }
        // As far as the success that shows it is one of a person.
        if let Some(lane) = seen.wronged {
            self.wronged[LaneGroup::of(lane) as usize].add(at_s, people);
        }
        self.count_who_goes_on(at_s, seen, people);
        self.move_on(at_s, budget, shown);
    }

    /// A login shows that the look-up and the sign-up before were a person's, as far as it is one itself; a sign-up
    /// that the look-up was.
    fn count_who_goes_on(&mut self, at_s: i64, seen: &Seen, people: u64) {
        let shown: &[(Asked, LaneGroup)] = if proves_user(seen.lane) {
            &[
                (Asked::LookUp, LaneGroup::Lookup),
                (Asked::SignUp, LaneGroup::Signup),
            ]
        } else if seen.lane == Lane::SignupSuccess {
            &[(Asked::LookUp, LaneGroup::Lookup)]
        } else {
            &[]
        };
        for (asked, group) in shown {
            if self.shows.go_on(at_s, *asked, seen) == Some(true) {
                self.wronged[*group as usize].add(at_s, people);
            }
        }
    }

    /// Counts people (in 2^-16) in attempts whose log-odds are below [`LOWEST`].
    pub fn count_plain(&mut self, at_s: i64, people: u64, budget: u64, shown: &Shown) {
        self.people.add(at_s, people);
        self.move_on(at_s, budget, shown);
    }

    /// Counts an attempt that was scored again and is not once more.
    pub fn count_again(&mut self, at_s: i64, lane: Lane, log_odds: i32) {
        self.people_again_at[LaneGroup::of(lane) as usize].add(at_s, log_odds, people_in(log_odds));
    }

    /// Whether it can be gone on with: it was read from a file.
    #[must_use]
    pub(super) fn is_sound(&self) -> bool {
        let mut steps = self.people_at.iter().chain(&self.people_again_at);
        steps.all(Steps::is_sound)
            && self.people_in_rows.is_sound()
            && self.people_asked.is_sound()
            && self.shows.is_sound()
            && self.bulk.is_sound()
            && (1..=256).contains(&self.go_on)
            && (0..=HIGHEST).contains(&self.names_by)
    }

    /// Once a minute the limits are set anew.
    fn move_on(&mut self, at_s: i64, budget: u64, shown: &Shown) {
        if at_s.div_euclid(MOVE_S) > self.moved {
            self.moved = at_s.div_euclid(MOVE_S);
            self.go_on = shown.of_failures(at_s);
            self.names_by = ln_ratio(NAMES_GO_ON, shown.of_names(at_s)).max(0);
            self.adjust(at_s, budget);
        }
    }

    /// How many times more people were challenged than the score expected, in 1/256: most of them show
    /// it by succeeding soon after. At most 32 times: on traffic unlike all that the card was fitted to, scores
    /// of 99 % were wrong one time in ten. At least an eighth of failures: the card believes itself as far as strangers' traffic bears it out,
    /// and is right more often with traffic that it knows. A 64th of look-ups and sign-ups where people are known to go on; where nothing
    /// shows it, as expected for look-ups, and what is usual for sign-ups.
    fn overconfidence(&self, group: LaneGroup, at_s: i64) -> u64 {
        const MOST: u64 = 32 * 256;
        let (least, most) = match (group, self.shown(group)) {
            (LaneGroup::Success, _) => return 256,
            (LaneGroup::Failure, _) => (32, MOST),
            (LaneGroup::Token, _) => (16, MOST),
            // Next to nobody shows it.
            (LaneGroup::Lookup, None) => (256, MOST),
            (LaneGroup::Lookup, Some(_)) => (4, MOST),
            (LaneGroup::Signup, None) => return OF_SIGN_UPS,
            // Who makes false accounts logs in to them too: that shows nothing.
            (LaneGroup::Signup, Some(_)) => (4, OF_SIGN_UPS),
        };
        self.borne_out(group, at_s).clamp(least, most)
    }

    /// The same of look-ups in rows, by that of the others: where going on is no habit of all, nothing shows it.
    fn overconfidence_in_rows(&self, at_s: i64) -> u64 {
        let of_others = self.overconfidence(LaneGroup::Lookup, at_s);
        match self.shows.usual(Asked::LookUp) {
            Some(_) => of_others,
            None => of_others.max(256),
        }
    }

    /// The same for what is scored again. Nothing shows in twenty minutes whose a success was: on labelled traffic to
    /// choose by, a third to two thirds of the people came whom the score expected. A wrong revision of a sign-up costs
    /// less than a question at the door: there what little is shown is believed.
    fn overconfidence_again(&self, group: LaneGroup, at_s: i64) -> u64 {
        match group {
            LaneGroup::Signup => self.borne_out(group, at_s).clamp(32, 32 * 256),
            _ => 128,
        }
    }

    /// How much more right the score was of those who were flagged than it says, by those who showed to be people, in 1/256 nat;
    /// two people's weight as a doubt. Only who fails shows it soon.
    #[must_use]
    pub fn borne_out_by(&self, lane: Lane, at_s: i64) -> i32 {
        const DOUBT: u64 = 2 * ONE;
        if LaneGroup::of(lane) != LaneGroup::Failure {
            return 0;
        }
        let expected = self.expected[LaneGroup::Failure as usize].read(at_s) + DOUBT;
        let people =
            self.wronged[LaneGroup::Failure as usize].read(at_s) * 256 / self.go_on + DOUBT;
        ln_ratio(expected, people).max(0)
    }

    /// How many times the people came whom the score expected, in 1/256, by those who showed it.
    fn borne_out(&self, group: LaneGroup, at_s: i64) -> u64 {
        // The weight of what is not known. Of most lanes few people are ever expected: the budget is one in a thousand.
        // Of failures two in five come of the people whom the score expects, on most labelled traffic.
        let (doubt, come) = match group {
            LaneGroup::Failure => (2 * ONE, 2 * ONE * 2 / 5),
            _ => (ONE / 2, ONE / 2),
        };
        let shown = match (group, self.shown(group)) {
            (LaneGroup::Failure, _) => self.go_on,
            (_, Some(shown)) => shown,
            (LaneGroup::Lookup, None) => 77,
            (_, None) => 128,
        };
        let wronged = self.wronged[group as usize].read(at_s) * 256 / shown + come;
        let expected = self.expected[group as usize].read(at_s) + doubt;
        256 * wronged / expected
    }

    /// The share of people who show that they are, in 1/256, where going on is a habit.
    fn shown(&self, group: LaneGroup) -> Option<u64> {
        let all = self.shows.usual(group.asks()?);
        match group {
            LaneGroup::Lookup => all.or(self.shows.usual_alone()),
            _ => all,
        }
    }

    fn adjust(&mut self, at_s: i64, budget: u64) {
        let people = self.people.read(at_s);
        let allowed = |part: u64| people / 100_000 * budget * part / 100 + SLACK;
        let part = allowed(LaneGroup::Lookup.part());
        let overconfidence = self.overconfidence_in_rows(at_s);
        self.rows_from = self
            .people_in_rows
            .lowest_within(at_s, part, overconfidence);
        let from = self
            .people_asked
            .lowest_within(at_s, allowed(PART_OF_QUESTIONS), 256);
        self.asked_from = from.max(LOWEST_OF_QUESTIONS.0);
        for group in LaneGroup::ALL {
            let n = group as usize;
            let overconfidence = self.overconfidence(group, at_s);
            let from = self.people_at[n].lowest_within(at_s, allowed(group.part()), overconfidence);
            self.from[n] = from.max(group.lowest(self.shown(group)));
            let from = self.people_again_at[n].lowest_within(
                at_s,
                allowed(group.part_again()),
                self.overconfidence_again(group, at_s),
            );
            self.again_from[n] = from.max(group.lowest_again());
        }
    }

    /// The log-odds from which an attempt of that lane is challenged.
    #[must_use]
    pub fn of(&self, lane: Lane) -> LogOdds {
        let from = self.from[LaneGroup::of(lane) as usize] + self.more_asked(lane);
        LogOdds(from.clamp(lowest_in(lane), HIGHEST))
    }

    /// The log-odds from which a question about a login is answered with a challenge.
    #[must_use]
    pub fn of_question(&self) -> LogOdds {
        LogOdds(self.asked_from.min(HIGHEST))
    }

    fn more_asked(&self, lane: Lane) -> i32 {
        if lane == Lane::LoginUnknownUser {
            self.names_by
        } else {
            0
        }
    }

    /// The lowest limit of a look-up from an address where so many names are looked up.
    #[must_use]
    pub fn lowest_of_look_ups(&self, names: NamesThere, from: u64) -> LogOdds {
        let floor = self.floor_of_look_ups(names, from);
        match names {
            NamesThere::Few => floor,
            _ => floor.max(LogOdds(self.rows_from)),
        }
    }

    /// The same, whatever the budget.
    fn floor_of_look_ups(&self, names: NamesThere, from: u64) -> LogOdds {
        match (self.shows.usual(Asked::LookUp), names) {
            (_, NamesThere::Few) if self.shows.usual_alone().is_some() => ALONE,
            (Some(_), NamesThere::Few | NamesThere::Several) => KNOWN,
            (Some(_), NamesThere::Many) => ROW,
            (None, NamesThere::Few) => FEW,
            (None, names) if self.bulk.is_new(names) => ROW,
            (None, names) if self.bulk.is_from_somebody_new(names, from) => ROW,
            (None, _) => UNSHOWN,
        }
    }

    /// The same for an attempt that is scored again.
    #[must_use]
    pub fn of_again(&self, lane: Lane) -> LogOdds {
        LogOdds(self.again_from[LaneGroup::of(lane) as usize])
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[path = "limits_asked_tests.rs"]
mod asked_tests;
