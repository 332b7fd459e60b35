//! How like the attack the values of an attempt are: its network, its programs, the form of its name.

use super::Service;
use super::values::Field;
use crate::frame::Frame;
use crate::in_session::InSession;
use crate::user::Retries;
use credsieve_models::KeyHasher;
use credsieve_models::key::Domain;
use credsieve_models::verdict::LogOdds;

/// How much more like the attack than like people each value of an attempt is, in 1/256 nat.
#[derive(Clone, Copy, Debug, Default)]
pub struct Likeness([Option<i32>; Field::COUNT]);

impl Likeness {
    /// That of a field; none where the attempt has no such value. Of an autonomous system and its country
    /// the former says all.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<i32> {
        self.0[field as usize]
    }
}

impl Service {
    /// How much more like the attack than like people a value is, in 1/256 nat.
    #[must_use]
    pub fn value_weight(&self, at_s: i64, field: Field, value: u64) -> i32 {
        let asked = (at_s, self.lessons);
        let question = (field as usize, value);
        let number = place_of(value, field as usize);
        self.answers.values.ask(asked, number, question, || {
            let key = key_of(&self.hasher, field, value);
            self.values.weight(at_s, field, key)
        })
    }

    /// How much more like the attack than like people the values of an attempt are.
    #[must_use]
    pub fn likeness(
        &self,
        at_s: i64,
        frame: &Frame,
        in_session: InSession,
        retries: Retries,
    ) -> Likeness {
        let country = frame.country.filter(|_| frame.asn.is_none());
        let told = |value: u64| (value != 0).then_some(value);
        let paired = pairing(frame.tool.unwrap_or(0), frame.agent.unwrap_or(0));
        // Few are what most have, of people and of an attack: they say nothing.
        let kept = (retries >= Retries::Kept).then_some(retries as u64);
        let mut likeness = Likeness::default();
        for (field, value) in [
            (Field::Asn, frame.asn.map(u64::from)),
            (
                Field::Country,
                country.map(|code| u16::from_be_bytes(code).into()),
            ),
            (Field::Tool, frame.tool),
            (Field::Agent, frame.agent),
            (Field::Endpoint, frame.endpoint),
            (Field::Pairing, told(paired)),
            (Field::MailDomain, told(frame.shape.domain)),
            (Field::NameForm, told(frame.shape.form)),
            (Field::Breached, told(breached(frame.breached()))),
            (Field::Session, told(in_session as u64)),
            (Field::Retries, kept),
        ] {
            likeness.0[field as usize] = value.map(|value| self.value_weight(at_s, field, value));
        }
        // That nobody at all comes so is no sign of people.
        let told = [
            (Field::Session, in_session as u64),
            (Field::Retries, retries as u64),
        ];
        for (field, value) in told {
            let likeness = &mut likeness.0[field as usize];
            let key = key_of(&self.hasher, field, value);
            if likeness.is_some() && !self.values.is_peoples(at_s, key) {
                *likeness = None;
            }
        }
        likeness
    }

    /// Whether people hardly use a tool that the attack uses.
    pub(super) fn is_telling_tool(&self, at_s: i64, tool: u64) -> bool {
        tool != 0 && self.value_weight(at_s, Field::Tool, tool) >= LogOdds::NAT
    }
}

/// The value of a login that was found in a breach list, or was not: services that do not look have one alone, which
/// tells nothing. 0 of what tries no password.
pub(super) fn breached(breached: Option<bool>) -> u64 {
    breached.map_or(0, |breached| 2 - u64::from(breached))
}

/// Tool and agent as one value; 0 where either is not known.
#[must_use]
pub fn pairing(tool: u64, agent: u64) -> u64 {
    if tool == 0 || agent == 0 {
        0
    } else {
        (tool ^ agent.rotate_left(32)).max(1)
    }
}

/// The place of a value among the answers. Whoever picks values that meet there makes them only be
/// asked anew.
fn place_of(value: u64, field: usize) -> usize {
    (value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize + field * 61
}

pub(super) fn key_of(hasher: &KeyHasher, field: Field, value: u64) -> u64 {
    hasher.hash_words(Domain::Slot, value, 2 + field as u64)
}
