//! What each signal carries: the decisions as they would have been without it.
//!
//! Recomputed from the reasons that stand in the verdicts: the score's log-odds less the signal's
//! weights, held against even odds. That is an estimate: a family's cap is not known here, so a
//! signal in a capped family seems to carry more than it does, and what a signal taught the
//! detector (who is suspect, what is usual) stays. `scripts/evaluate.sh` runs the detector without
//! it instead.

use super::judged::Made;
use crate::labels::Truth;
use credsieve_models::Decision;
use credsieve_models::attempt::Outcome;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A reason as far as it is needed here.
#[derive(Deserialize)]
pub(super) struct ReasonLine<'a> {
    #[serde(borrow)]
    pub signal: Cow<'a, str>,
    #[serde(borrow)]
    pub family: Cow<'a, str>,
    pub weight: f64,
}

/// What would have been without one signal, or one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Without {
    /// Attack attempts that carry it.
    pub attacks: u64,
    /// People's attempts that carry it.
    pub people: u64,
    /// Attack attempts that would have been allowed.
    pub lost: u64,
    /// Attack attempts that would have been caught only then.
    pub won: u64,
    /// Thieves' successes that would have been allowed.
    pub thieves_lost: u64,
    /// People's attempts that would not have been challenged.
    pub spared: u64,
    /// People's attempts that would have been challenged only then.
    pub hit: u64,
}

/// What would have been without each signal and each family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ablation {
    /// By signal.
    pub signals: BTreeMap<String, Without>,
    /// By family.
    pub families: BTreeMap<String, Without>,
}

impl Ablation {
    pub(super) fn count(&mut self, truth: &Truth, made: Made, reasons: &[ReasonLine]) {
        count(&mut self.signals, truth, made, reasons, |reason| {
            &reason.signal
        });
        count(&mut self.families, truth, made, reasons, |reason| {
            &reason.family
        });
    }

    pub(super) fn add(&mut self, other: Self) {
        add(&mut self.signals, other.signals);
        add(&mut self.families, other.families);
    }
}

fn count<'a>(
    without: &mut BTreeMap<String, Without>,
    truth: &Truth,
    made: Made,
    reasons: &'a [ReasonLine],
    of: impl Fn(&'a ReasonLine) -> &'a str,
) {
    let mut weights: HashMap<&str, f64> = HashMap::new();
    for reason in reasons {
        *weights.entry(of(reason)).or_default() += reason.weight;
    }
    let caught = made.decision != Decision::Allow;
    for (name, weight) in weights {
        let would_be = log_odds(made.score.0) - weight >= 0.0;
        if !without.contains_key(name) {
            without.insert(name.to_owned(), Without::default());
        }
        let without = without.get_mut(name).expect("it was put there");
        let (carry, less, more) = if truth.attack {
            (&mut without.attacks, &mut without.lost, &mut without.won)
        } else {
            (&mut without.people, &mut without.spared, &mut without.hit)
        };
        *carry += 1;
        *less += u64::from(caught && !would_be);
        *more += u64::from(!caught && would_be);
        let thief = truth.attack && truth.outcome == Some(Outcome::Success);
        without.thieves_lost += u64::from(thief && caught && !would_be);
    }
}

fn add(mine: &mut BTreeMap<String, Without>, others: BTreeMap<String, Without>) {
    for (name, other) in others {
        let mine = mine.entry(name).or_default();
        mine.attacks += other.attacks;
        mine.people += other.people;
        mine.lost += other.lost;
        mine.won += other.won;
        mine.thieves_lost += other.thieves_lost;
        mine.spared += other.spared;
        mine.hit += other.hit;
    }
}

/// The log-odds of a score in 1/10,000; the ends stand for half a step inside.
fn log_odds(score: u16) -> f64 {
    let score = (f64::from(score) / 10_000.0).clamp(0.000_05, 0.999_95);
    (score / (1.0 - score)).ln()
}
