//! Values: how often each autonomous system, country, tool and agent is seen in people and in the
//! attack (D7, D10).

use crate::fixed::ln;
use crate::state::fading::{Fading, ONE};
use crate::state::table::{Record, SparseTable, Table};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// Half-life of what people come with.
const PEOPLE_S: i64 = 3 * 86_400;
/// Half-life of what the attack comes with.
const ATTACK_S: i64 = 1_800;

/// A value seen with fewer users than this is one of the rare ones, which are counted together.
const ADMITTED: u64 = 3 * ONE;
/// … unless so many suspects share it.
const ATTACKERS_TOOL: u64 = 5 * ONE;
/// One suspect is no evidence.
const NO_EVIDENCE: u64 = 3 * ONE / 2;
/// The weight of the assumption that attackers come with what people come with.
const LIKE_PEOPLE: u64 = 20 * ONE;

/// Fields whose values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// The autonomous system.
    Asn,
    /// The country.
    Country,
    /// The TLS fingerprint, else the agent.
    Tool,
    /// The agent without its versions.
    Agent,
    /// The endpoint.
    Endpoint,
    /// Tool and agent together: who changes one of them seldom changes both as people have them.
    Pairing,
    /// The mail domain of the name.
    MailDomain,
    /// The form of the name.
    NameForm,
    /// Whether the producer found name and password in a breach list.
    Breached,
    /// What came before in the producer's session.
    Session,
    /// How a program goes on with a name that it fails with.
    Retries,
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = 11;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
struct Value {
    last_seen_s: u32,
    people: Fading<PEOPLE_S>,
    attack: Fading<ATTACK_S>,
}

impl Record for Value {
    fn is_live(&self) -> bool {
        self.last_seen_s != 0
    }
    fn worth(&self, now_s: u32) -> u32 {
        let now_s = i64::from(now_s);
        let worth = self.people.read(now_s) + self.attack.read(now_s);
        (worth / ONE).checked_ilog2().map_or(0, |log| log + 1)
    }
    fn last_seen_s(&self) -> u32 {
        self.last_seen_s
    }
}

/// What all values of a field have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Total {
    people: Fading<PEOPLE_S>,
    attack: Fading<ATTACK_S>,
    rare_people: Fading<PEOPLE_S>,
    rare_attack: Fading<ATTACK_S>,
}

/// The table of values.
pub struct Values {
    table: Table<Value>,
    totals: [Total; Field::COUNT],
}

impl Values {
    /// An empty table.
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            table: Table::with_bytes(bytes),
            totals: [Total::default(); Field::COUNT],
        }
    }

    /// Counts a first sight of a value: its honest and its hostile part, which sum to [`ONE`] at most.
    pub fn count(&mut self, at_s: i64, field: Field, key: u64, honest: u64, hostile: u64) {
        if honest + hostile == 0 {
            return;
        }
        let fresh = Value {
            last_seen_s: u32::try_from(at_s).unwrap_or(u32::MAX).max(1),
            ..Value::default()
        };
        let value = self.table.get_or_insert(key, key, fresh);
        value.last_seen_s = value.last_seen_s.max(fresh.last_seen_s);
        let total = &mut self.totals[field as usize];
        if value.people.read(at_s) < ADMITTED {
            total.rare_people.add(at_s, honest);
            total.rare_attack.add(at_s, hostile);
        }
        value.people.add(at_s, honest);
        value.attack.add(at_s, hostile);
        total.people.add(at_s, honest);
        total.attack.add(at_s, hostile);
    }

    /// log P(value | attack) / P(value | people), in 1/256 nat. Below nothing it says how unlike the
    /// attack a value is.
    #[must_use]
    pub fn weight(&self, at_s: i64, field: Field, key: u64) -> i32 {
        let total = &self.totals[field as usize];
        let (mut people, mut attack) = self
            .table
            .get(key, key)
            .map_or((0, 0), |v| (v.people.read(at_s), v.attack.read(at_s)));
        if people < ADMITTED && attack < ATTACKERS_TOOL {
            people = total.rare_people.read(at_s);
            attack = total.rare_attack.read(at_s);
        }
        let all_people = total.people.read(at_s) + 2 * ONE;
        let all_attack = total.attack.read(at_s) + LIKE_PEOPLE;
        let seen = attack.saturating_sub(NO_EVIDENCE);
        let people = people + ONE / 2;
        let expected = if let Some(product) = seen.checked_mul(all_people) {
            product / people
        } else {
            let product = u128::from(seen) * u128::from(all_people);
            u64::try_from(product / u128::from(people)).unwrap_or(u64::MAX / 2)
        };
        ln(expected.saturating_add(LIKE_PEOPLE)) - ln(all_attack)
    }

    /// Whether people are known to come with a value.
    #[must_use]
    pub fn is_peoples(&self, at_s: i64, key: u64) -> bool {
        let value = self.table.get(key, key);
        value.is_some_and(|value| value.people.read(at_s) >= ADMITTED)
    }

    /// (bytes, live values, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        (self.table.bytes(), self.table.live(), self.table.evicted())
    }
}

impl Serialize for Values {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (&self.table, &self.totals).serialize(out)
    }
}

/// The table as it is read back.
#[derive(Deserialize)]
pub(crate) struct SavedValues(SparseTable<Value>, [Total; Field::COUNT]);

impl Values {
    pub(crate) fn adopt(&mut self, saved: SavedValues) -> bool {
        self.totals = saved.1;
        self.table.adopt(saved.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field in which 1,000 people come with one of ten values.
    fn known() -> Values {
        let mut values = Values::with_bytes(1 << 16);
        for n in 0..1_000 {
            values.count(n, Field::Tool, spread(1 + n.unsigned_abs() % 10), ONE, 0);
        }
        values
    }

    fn spread(value: u64) -> u64 {
        value.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn without_an_attack_no_value_says_anything() {
        let values = known();
        for value in [1, 5, 77] {
            assert_eq!(values.weight(1_000, Field::Tool, spread(value)), 0);
        }
    }

    #[test]
    fn what_the_attack_alone_comes_with_convicts_and_the_rest_acquits() {
        let mut values = known();
        for _ in 0..100 {
            values.count(1_000, Field::Tool, spread(99), 0, ONE);
        }
        let weight = |value| values.weight(1_000, Field::Tool, spread(value));
        assert!(weight(99) > 4 * 256, "{}", weight(99));
        assert!(weight(3) < -256, "{}", weight(3));
        assert_eq!(
            values.weight(1_000, Field::Asn, spread(98)),
            0,
            "another field"
        );
    }

    #[test]
    fn an_attack_that_comes_with_what_people_come_with_tells_nothing() {
        let mut values = known();
        for n in 0..500 {
            values.count(1_000, Field::Tool, spread(1 + n % 10), 0, ONE);
        }
        let weight = values.weight(1_000, Field::Tool, spread(4));
        assert!(weight.abs() < 100, "{weight}");
    }

    #[test]
    fn one_suspect_is_no_evidence_and_rare_values_are_counted_together() {
        let mut values = known();
        values.count(1_000, Field::Tool, spread(500), 0, ONE);
        assert!(values.weight(1_000, Field::Tool, spread(500)) <= 0);
        // Forty values, each seen once in the attack: together they are what people rarely have.
        for n in 0..40 {
            values.count(1_000, Field::Tool, spread(600 + n), 0, ONE);
        }
        assert!(
            values.weight(1_000, Field::Tool, spread(9_999)) > 256,
            "a new one"
        );
    }

    #[test]
    fn the_table_is_full_at_its_size_and_keeps_what_many_have() {
        let mut values = known();
        let bytes = values.usage().0;
        for n in 0..20_000 {
            values.count(1_000, Field::Asn, spread(1_000_000 + n), 0, ONE / 4);
        }
        let (now, live, evicted) = values.usage();
        assert_eq!(now, bytes);
        assert!(live > 0 && evicted > 10_000);
        let popular = values.table.get(spread(3), spread(3));
        assert!(popular.is_some(), "a tool of a hundred people is kept");
    }
}
