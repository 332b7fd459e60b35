//! A reason: one contribution to a score, in numbers that a person can check.

use super::{Family, LogOdds, Measure, Window};
use crate::key::{Dimension, Entity};
use crate::text::Short;
use serde::{Deserialize, Serialize};

/// One contribution to a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was measured; with the entity's dimension, the signal's name.
    pub measure: Measure,
    /// Of whom.
    pub entity: Entity,
    /// Over which time.
    pub window: Window,
    /// The measured value.
    pub value: u32,
    /// The value's relative error, in 1/1,000. Approximations undercount.
    pub error_permille: u16,
    /// The limit it is held against.
    pub limit: u32,
    /// Its family.
    pub family: Family,
    /// What it adds to the log-odds, before the family's cap.
    pub weight: LogOdds,
}

impl Reason {
    /// The signal's name, such as `ip.distinct_users`.
    #[must_use]
    pub fn signal(&self) -> String {
        format!("{}.{}", self.entity.dimension().name(), self.measure.name())
    }
}

/// A reason as it stands in JSON.
#[derive(Serialize, Deserialize)]
struct ReasonJson<'a> {
    signal: std::borrow::Cow<'a, str>,
    entity: Entity,
    window: Window,
    value: u32,
    error: f64,
    limit: u32,
    family: Family,
    weight: f64,
}

impl Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut signal = Short::new();
        signal.text(self.entity.dimension().name());
        signal.ascii(b'.');
        signal.text(self.measure.name());
        ReasonJson {
            signal: signal.as_str().into(),
            entity: self.entity,
            window: self.window,
            value: self.value,
            error: f64::from(self.error_permille) / 1_000.0,
            limit: self.limit,
            family: self.family,
            weight: self.weight.nats(),
        }
        .serialize(out)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let json = ReasonJson::deserialize(input)?;
        let (dimension, measure) = json
            .signal
            .split_once('.')
            .ok_or_else(|| D::Error::custom("expected a signal as dimension.measure"))?;
        if Dimension::from_name(dimension) != Some(json.entity.dimension()) {
            return Err(D::Error::custom(
                "the signal's dimension is not the entity's",
            ));
        }
        let measure = Measure::from_name(measure)
            .ok_or_else(|| D::Error::custom("a signal of an unknown measure"))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "written from integers of these types; `as` saturates"
        )]
        Ok(Self {
            measure,
            entity: json.entity,
            window: json.window,
            value: json.value,
            error_permille: (json.error * 1_000.0).round() as u16,
            limit: json.limit,
            family: json.family,
            weight: LogOdds((json.weight * f64::from(LogOdds::NAT)).round() as i32),
        })
    }
}
