//! A floor: what was reached before, so that a change that loses detection does not go unseen.

use super::{Evaluation, Side};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// How far a class may fall, in points of a percent.
const FALL: f64 = 1.0;
/// How far the share of people challenged may rise, in points of a percent.
const RISE: f64 = 0.02;

/// What was reached before, all in percent.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// People's attempts challenged or blocked at once.
    people_challenged: f64,
    /// People's attempts blocked at once.
    people_blocked: f64,
    /// Thieves' successes flagged in the end.
    thieves_in_the_end: f64,
    /// By class, attack attempts not allowed at once.
    caught: BTreeMap<String, f64>,
}

impl Floor {
    /// Reads a floor; `name` is its file, for messages.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str, name: &str) -> anyhow::Result<Self> {
        toml::from_str(text).with_context(|| name.to_owned())
    }

    /// The floor that an evaluation just keeps.
    #[must_use]
    pub fn of(found: &Evaluation) -> Self {
        let [_, _, _, thieves, _, people, _, blocked] = found.totals().targets();
        let caught = found.side(Side::Attack).map(|class| {
            let share = class.all.at_once.share_caught();
            (class.class.clone(), share * 100.0)
        });
        Self {
            people_challenged: people.share() * 100.0,
            people_blocked: blocked.share() * 100.0,
            thieves_in_the_end: thieves.share() * 100.0,
            caught: caught.collect(),
        }
    }

    /// Holds an evaluation against this floor. A class may fall by a point, or by two attempts
    /// where that is more; a class that the floor does not know is new and free.
    ///
    /// # Errors
    /// With all that is below.
    pub fn hold(&self, found: &Evaluation) -> anyhow::Result<()> {
        let now = Self::of(found);
        let mut wrong = Vec::new();
        for (class, was) in &self.caught {
            let Some(is) = now.caught.get(class) else {
                wrong.push(format!("there is no attack `{class}` any more"));
                continue;
            };
            let attempts = found
                .side(Side::Attack)
                .find(|report| report.class == *class)
                .map_or(0, |report| report.all.at_once.total());
            fall(&mut wrong, class, *was, *is, attempts);
        }
        let thieves = found.totals().thieves.in_the_end.total();
        fall(
            &mut wrong,
            "thieves in the end",
            self.thieves_in_the_end,
            now.thieves_in_the_end,
            thieves,
        );
        for (what, was, is) in [
            ("challenged", self.people_challenged, now.people_challenged),
            ("blocked", self.people_blocked, now.people_blocked),
        ] {
            if is > was + RISE {
                wrong.push(format!("{is:.3} % of people {what} after {was:.3} %"));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        bail!("below the floor: {}", wrong.join("; "))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count of attempts, far below 2^52"
)]
fn fall(wrong: &mut Vec<String>, what: &str, was: f64, is: f64, attempts: u64) {
    let two_attempts = 200.0 / attempts.max(1) as f64;
    if is < was - FALL.max(two_attempts) {
        wrong.push(format!("{what}: {is:.2} % caught after {was:.2} %"));
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# What was reached, in percent, on the traffic of the short check. A change that loses more
# than a point of a class fails the tests; `make floor` writes this file anew."
        )?;
        writeln!(f, "people_challenged = {:.4}", self.people_challenged)?;
        writeln!(f, "people_blocked = {:.4}", self.people_blocked)?;
        writeln!(f, "thieves_in_the_end = {:.2}", self.thieves_in_the_end)?;
        writeln!(f, "\n[caught]")?;
        for (class, share) in &self.caught {
            writeln!(f, "{class:?} = {share:.2}")?;
        }
        Ok(())
    }
}
