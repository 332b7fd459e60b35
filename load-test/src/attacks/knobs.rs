//! An attack as a mix file describes it: `kind` names the class, every other key is a knob of that
//! kind, and what is not said has the kind's default.

use super::brute_force::BruteForceKnobs;
use super::enumeration::EnumerationKnobs;
use super::fake_signup::FakeSignupKnobs;
use super::laundering::LaunderingKnobs;
use super::poisoning::PoisoningKnobs;
use super::spray::SprayKnobs;
use super::stuffing::StuffingKnobs;
use super::targeted::TargetedKnobs;
use super::token_replay::TokenReplayKnobs;
use super::units::Span;
use anyhow::Context as _;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What an attack does, with its class and its knobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knobs {
    pub(super) class: &'static str,
    pub(super) shape: Shape,
}

/// The shapes that the classes are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Stuffing(StuffingKnobs),
    Spray(SprayKnobs),
    BruteForce(BruteForceKnobs),
    Enumeration(EnumerationKnobs),
    FakeSignup(FakeSignupKnobs),
    Targeted(TargetedKnobs),
    TokenReplay(TokenReplayKnobs),
    Laundering(LaunderingKnobs),
    Poisoning(PoisoningKnobs),
}

/// Every class with its defaults.
const CLASSES: [(&str, Shape); 21] = [
    ("stuffing_loud", Shape::Stuffing(StuffingKnobs::LOUD)),
    ("stuffing_proxies", Shape::Stuffing(StuffingKnobs::PROXIES)),
    (
        "stuffing_rotating",
        Shape::Stuffing(StuffingKnobs::ROTATING),
    ),
    ("stuffing_slow", Shape::Stuffing(StuffingKnobs::SLOW)),
    ("spray_one", Shape::Spray(SprayKnobs::ONE)),
    ("spray_many", Shape::Spray(SprayKnobs::MANY)),
    ("brute_force", Shape::BruteForce(BruteForceKnobs::SINGLE)),
    (
        "brute_force_distributed",
        Shape::BruteForce(BruteForceKnobs::DISTRIBUTED),
    ),
    (
        "enumeration_login",
        Shape::Enumeration(EnumerationKnobs::LOGIN),
    ),
    (
        "enumeration_lookup",
        Shape::Enumeration(EnumerationKnobs::LOOKUP),
    ),
    ("fake_signup", Shape::FakeSignup(FakeSignupKnobs::USUAL)),
    ("token_replay", Shape::TokenReplay(TokenReplayKnobs::USUAL)),
    ("ipv6_hopping", Shape::Stuffing(StuffingKnobs::HOPPING)),
    ("takeover_targeted", Shape::Targeted(TargetedKnobs::USUAL)),
    ("peak", Shape::Stuffing(StuffingKnobs::PROXIES)),
    ("under_cover", Shape::Stuffing(StuffingKnobs::PROXIES)),
    ("laundering", Shape::Laundering(LaunderingKnobs::USUAL)),
    ("lockout", Shape::BruteForce(BruteForceKnobs::LOCKOUT)),
    ("poisoning", Shape::Poisoning(PoisoningKnobs::USUAL)),
    ("browser_like", Shape::Stuffing(StuffingKnobs::BROWSER_LIKE)),
    ("paced", Shape::Stuffing(StuffingKnobs::PACED)),
];

impl Knobs {
    /// The defaults of the class of that name.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        let (class, shape) = CLASSES.iter().find(|(class, _)| *class == kind)?;
        Some(Self {
            class,
            shape: *shape,
        })
    }

    /// The names of all classes.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        CLASSES.iter().map(|(class, _)| *class)
    }

    /// The class, which its events carry as their label.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.class
    }

    /// The class of that name, with the values of a table of a mix file.
    ///
    /// # Errors
    /// When there is no such class, no such knob, or no such value.
    pub fn from_table(kind: &str, table: &toml::Table) -> anyhow::Result<Self> {
        let given = match serde_json::to_value(table)? {
            Value::Object(given) => given,
            _ => Map::new(),
        };
        Self::of(kind)
            .with_context(|| no_such(kind))?
            .with(given)
            .map_err(|error| anyhow::anyhow!("{kind}: {error}"))
    }

    /// Sets how long thieves wait, where accounts can fall.
    pub fn set_thief_after(&mut self, after: Span) {
        match &mut self.shape {
            Shape::Stuffing(knobs) => knobs.thief.thief_after = after,
            Shape::Spray(knobs) => knobs.thief.thief_after = after,
            Shape::BruteForce(knobs) => knobs.thief.thief_after = after,
            Shape::Laundering(knobs) => knobs.stuffing.thief.thief_after = after,
            Shape::Enumeration(_)
            | Shape::FakeSignup(_)
            | Shape::Targeted(_)
            | Shape::TokenReplay(_)
            | Shape::Poisoning(_) => {}
        }
    }

    /// The same with other values for some knobs.
    fn with(self, given: Map<String, Value>) -> Result<Self, String> {
        let shape = match self.shape {
            Shape::Stuffing(knobs) => Shape::Stuffing(overlaid(&knobs, given)?),
            Shape::Spray(knobs) => Shape::Spray(overlaid(&knobs, given)?),
            Shape::BruteForce(knobs) => Shape::BruteForce(overlaid(&knobs, given)?),
            Shape::Enumeration(knobs) => Shape::Enumeration(overlaid(&knobs, given)?),
            Shape::FakeSignup(knobs) => Shape::FakeSignup(overlaid(&knobs, given)?),
            Shape::Targeted(knobs) => Shape::Targeted(overlaid(&knobs, given)?),
            Shape::TokenReplay(knobs) => Shape::TokenReplay(overlaid(&knobs, given)?),
            Shape::Laundering(knobs) => Shape::Laundering(overlaid(&knobs, given)?),
            Shape::Poisoning(knobs) => Shape::Poisoning(overlaid(&knobs, given)?),
        };
        Ok(Self { shape, ..self })
    }
}

fn no_such(kind: &str) -> String {
    let kinds: Vec<&str> = Knobs::kinds().collect();
    format!(
        "there is no attack `{kind}`; there are {}",
        kinds.join(", ")
    )
}

fn overlaid<T: Serialize + DeserializeOwned>(
    defaults: &T,
    given: Map<String, Value>,
) -> Result<T, String> {
    let mut all = serde_json::to_value(defaults).map_err(|error| error.to_string())?;
    for (name, value) in given {
        let known = all.as_object().is_some_and(|all| all.contains_key(&name));
        if !known {
            let names: Vec<&str> = all
                .as_object()
                .map(|all| all.keys().map(String::as_str).collect())
                .unwrap_or_default();
            return Err(format!(
                "there is no knob `{name}`; there are {}",
                names.join(", ")
            ));
        }
        all[name.as_str()] = value;
    }
    T::deserialize(all).map_err(|error| error.to_string())
}

impl<'de> Deserialize<'de> for Knobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut given = Map::<String, Value>::deserialize(deserializer)?;
        let kind = given
            .remove("kind")
            .ok_or_else(|| D::Error::missing_field("kind"))?;
        let kind = kind.as_str().unwrap_or_default();
        Self::of(kind)
            .ok_or_else(|| D::Error::custom(no_such(kind)))?
            .with(given)
            .map_err(|error| D::Error::custom(format!("{kind}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_table_does_not_say_has_the_default_of_its_kind() {
        let knobs: Knobs =
            serde_json::from_str(r#"{"kind": "stuffing_proxies", "known": 40, "tries": [1, 2]}"#)
                .unwrap();
        let Shape::Stuffing(stuffing) = knobs.shape else {
            panic!("{knobs:?}");
        };
        assert_eq!(stuffing.sources.tries, [1, 2]);
        assert_eq!(stuffing.list.known.in_10_000(), 4_000);
        assert_eq!(stuffing.kit, StuffingKnobs::PROXIES.kit);
        for kind in Knobs::kinds() {
            let plain: Knobs = serde_json::from_str(&format!(r#"{{"kind": "{kind}"}}"#)).unwrap();
            assert_eq!(Some(plain), Knobs::of(kind));
        }
    }

    #[test]
    fn a_table_of_a_mix_file_says_the_same() {
        let table: toml::Table = toml::from_str("right = 1.5\ngap = [\"2m\", \"3m\"]").unwrap();
        let knobs = Knobs::from_table("paced", &table).unwrap();
        let same = r#"{"kind": "paced", "right": 1.5, "gap": ["2m", "3m"]}"#;
        assert_eq!(knobs, serde_json::from_str(same).unwrap());
        let error = Knobs::from_table("flood", &table).unwrap_err();
        assert!(error.to_string().contains("stuffing_loud"), "{error}");
    }

    #[test]
    fn a_kind_a_knob_or_a_value_that_is_not_there_is_named() {
        for (table, named) in [
            (r#"{"kind": "flood"}"#, "flood"),
            (r#"{"known": 3}"#, "kind"),
            (r#"{"kind": "spray_one", "knwon": 3}"#, "knwon"),
            (r#"{"kind": "spray_one", "known": 300}"#, "300"),
            (r#"{"kind": "paced", "devices": "borrowed"}"#, "borrowed"),
        ] {
            let error = serde_json::from_str::<Knobs>(table).unwrap_err();
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
