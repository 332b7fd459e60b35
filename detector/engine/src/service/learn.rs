//! What an attempt teaches the Service room: people's part of it and the attack's, each as far as it is likely.

use super::Service;
use super::lanes::Lanes;
use super::likeness::{breached, key_of, pairing};
use super::values::Field;
use crate::delta::Seen;
use crate::state::fading::ONE;
use credsieve_models::Lane;

impl Service {
    /// Learns from one attempt, weighted by the probability that it is honest, or hostile.
    pub fn learn(&mut self, seen: &Seen) {
        let at_s = i64::from(seen.member.at_s);
        self.learn_campaign(at_s, seen);
        // What is asked above is answered by what was known before.
        self.lessons += 1;
        let (honest, hostile) = parts(seen.hostile);
        // A right password is hardly ever a thief's. Were what is suspected of it not learned from,
        // one wrong challenge would confirm itself for ever; and thieves come by hand, so that they
        // teach nothing about the attack.
        let (honest, hostile) = if Lanes::follows_failures(seen.lane) {
            (honest.max(ONE * 3 / 4), 0)
        } else {
            (honest, hostile)
        };
        self.learn_lane(at_s, seen, honest, hostile);
        self.hindsight.learn(&self.hasher, seen);
        let shown = self.hindsight.shown();
        self.limits.count(at_s, seen, self.people_budget, shown);
        if !seen.first {
            return;
        }
        let hostile = suspicion(hostile);
        self.learn_pattern(at_s, seen, honest, hostile);
        // Strangers are compared with strangers: people who come from a new place come through other
        // networks than those who are at home.
        if seen.stranger {
            self.learn_values(at_s, seen, honest, hostile);
        }
    }

    fn learn_campaign(&mut self, at_s: i64, seen: &Seen) {
        // Who is asked below even odds makes no campaign.
        if seen.flagged && seen.log_odds >= 0 {
            let telling = self.is_telling_tool(at_s, seen.member.tool);
            self.campaigns
                .count(&self.hasher, &seen.member, telling, &mut self.told);
        }
    }

    /// Counts in the attempt's lane, and whether who signed up goes on to log in.
    fn learn_lane(&mut self, at_s: i64, seen: &Seen, honest: u64, hostile: u64) {
        if let Some(says_other) = seen.says_other {
            self.lanes.count_reason(at_s, says_other);
        }
        self.lanes
            .count(at_s, seen.lane, seen.stranger, seen.first, honest);
        if seen.trusted > 0 {
            self.lanes
                .count_trusted(at_s, u64::from(seen.trusted) * (ONE / 256), seen.stranger);
        }
        if seen.lane == Lane::SignupSuccess {
            self.follow.sign_up(at_s);
        }
        if let Some(signed_s) = seen.signed_s {
            self.follow.log_in(at_s, i64::from(signed_s));
        }
        if let Some(near) = seen.near_name
            && seen.first
        {
            self.lanes.count_unknown(at_s, near, hostile);
        }
        if seen.vindicates {
            self.lanes.count_vindicated(at_s);
        }
    }

    fn learn_pattern(&mut self, at_s: i64, seen: &Seen, honest: u64, hostile: u64) {
        // While an attack runs in a lane, what people look like there is left as it was learned.
        if !self.lanes.is_disturbed(seen.lane) {
            self.cells
                .count_people(at_s, seen.lane, seen.pattern, honest);
        }
        self.cells
            .count_attack(at_s, seen.lane, seen.pattern, hostile);
    }

    /// Counts each value of a stranger's attempt among people's and the attack's.
    fn learn_values(&mut self, at_s: i64, seen: &Seen, honest: u64, hostile: u64) {
        let people = if seen.lane.is_success() { honest } else { 0 };
        for (field, key) in self.values_of(seen) {
            let (people, hostile) = match field {
                // What comes before in a session is told of tries alone …
                Field::Session => (honest, hostile),
                // … and so is who goes on failing: of a try that this excused, its excuse teaches nothing.
                Field::Retries => {
                    let (honest, hostile) = parts(seen.hostile_but_for_retries);
                    (honest, suspicion(hostile))
                }
                _ => (people, hostile),
            };
            self.values.count(at_s, field, key, people, hostile);
        }
    }

    /// Learns what an attempt was when it was scored again for the last time.
    pub fn learn_again(&mut self, at_s: i64, lane: Lane, log_odds: i32) {
        self.limits.count_again(at_s, lane, log_odds);
    }

    /// Learns that people (in 2^-16) came in attempts that teach nothing else.
    pub fn learn_plain(&mut self, at_s: i64, people: u64) {
        self.lessons += 1;
        self.lanes.turn(at_s);
        let shown = self.hindsight.shown();
        self.limits
            .count_plain(at_s, people, self.people_budget, shown);
    }

    fn values_of(&self, seen: &Seen) -> impl Iterator<Item = (Field, u64)> + use<> {
        let hasher = self.hasher;
        let country = u64::from(u16::from_be_bytes(seen.country));
        [
            (Field::Asn, u64::from(seen.member.asn)),
            (Field::Country, country),
            (Field::Tool, seen.member.tool),
            (Field::Agent, seen.agent),
            (Field::Endpoint, seen.endpoint),
            (Field::Pairing, pairing(seen.member.tool, seen.agent)),
            (Field::MailDomain, seen.shape.domain),
            (Field::NameForm, seen.shape.form),
            (Field::Breached, breached(seen.breached)),
            (Field::Session, seen.in_session as u64),
            (Field::Retries, seen.retries as u64),
        ]
        .into_iter()
        .filter(|(_, value)| *value != 0)
        .map(move |(field, value)| (field, key_of(&hasher, field, value)))
    }
}

/// The parts of an attempt that count as people's and as the attack's, of the probability in 1/10,000 that it is one. What may
/// well be an attack teaches nothing about people.
fn parts(hostile: u16) -> (u64, u64) {
    let hostile = u64::from(hostile) * ONE / 10_000;
    ((ONE / 2).saturating_sub(hostile) * 2, hostile)
}

/// A suspicion counts from one in five: below, a thousand people would make an attack.
fn suspicion(hostile: u64) -> u64 {
    if hostile * 5 < ONE { 0 } else { hostile }
}
