//! What each signal carries: the decisions as they would have been without it.
//!
//! Recomputed from the reasons that stand in the verdicts: the score's log-odds less what the
//! signal's weights add under its family's cap of the built-in policy, held against even odds. That
//! is an estimate: the cap of a shared address and the moving limits are not known here, and what a
//! signal taught the detector (who is suspect, what is usual) stays. `scripts/evaluate.sh` runs the
//! detector without it instead.

use super::judged::Made;
use crate::labels::Truth;
use credsieve_models::attempt::Outcome;
use credsieve_models::policy::Caps;
use credsieve_models::{Decision, Family, Policy};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A reason as far as it is needed here.
#[derive(Deserialize)]
pub(super) struct ReasonLine<'a> {
    #[serde(borrow)]
    pub signal: Cow<'a, str>,
    pub family: Family,
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
        let mut families: BTreeMap<Family, f64> = BTreeMap::new();
        let mut signals: BTreeMap<(&str, Family), f64> = BTreeMap::new();
        for reason in reasons {
            *families.entry(reason.family).or_default() += reason.weight;
            let signal = (&*reason.signal, reason.family);
            *signals.entry(signal).or_default() += reason.weight;
        }
        for ((signal, family), weight) in &signals {
            let sum = families[family];
            let adds = capped(*family, sum) - capped(*family, sum - weight);
            count(entry(&mut self.signals, signal), truth, made, adds);
        }
        for (family, sum) in families {
            let family_entry = entry(&mut self.families, family.name());
            count(family_entry, truth, made, capped(family, sum));
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        add(&mut self.signals, other.signals);
        add(&mut self.families, other.families);
    }
}

fn entry<'a>(of: &'a mut BTreeMap<String, Without>, name: &str) -> &'a mut Without {
    if !of.contains_key(name) {
        of.insert(name.to_owned(), Without::default());
    }
    of.get_mut(name).expect("it was put there")
}

/// Counts an attempt with a reason that adds so much to its log-odds.
fn count(without: &mut Without, truth: &Truth, made: Made, adds: f64) {
    let caught = made.decision != Decision::Allow;
    let would_be = log_odds(made.score.0) - adds >= 0.0;
    // Allowed although the odds are even: its limit is higher, and less evidence does not reach it.
    let would_be = would_be && (caught || adds < 0.0);
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

/// A family's weights under its cap.
fn capped(family: Family, sum: f64) -> f64 {
    /// The most that any family can take away or, without a cap of its own, add.
    const MOST: f64 = 8.0;
    static CAPS: LazyLock<Caps> = LazyLock::new(|| Policy::default().caps);
    let cap = match family {
        Family::Volume => CAPS.volume.0.nats(),
        Family::Breadth => CAPS.breadth.0.nats(),
        Family::Password => CAPS.password.0.nats(),
        Family::UnderFire => CAPS.under_fire.0.nats(),
        Family::Identity => CAPS.identity.0.nats(),
        Family::Excess => 2.0 * MOST,
        Family::Tool | Family::Timing | Family::List | Family::RateLimit => MOST,
    };
    sum.clamp(-MOST, cap)
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
