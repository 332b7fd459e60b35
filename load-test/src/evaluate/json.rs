//! An evaluation as JSON. The schema is stable: fields are added, never changed; `schema` counts up
//! should that ever be wrong. `docs/detection-results.md` describes it.

use super::{
    Bin, ClassReport, Evaluation, FirstCaught, HISTORIES, Limit, Outcomes, Point, SHARES, Side,
    Spread, Target, Without,
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Json<'a> {
    schema: u32,
    logs: usize,
    totals: Vec<Total>,
    weak_classes: Vec<String>,
    hit_kinds: Vec<String>,
    attacks: Vec<Class<'a>>,
    people: Vec<Class<'a>>,
    undecidable: Vec<Class<'a>>,
    history: Vec<History>,
    reliability: Vec<Bin>,
    curve: Vec<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ablation: Option<Ablated<'a>>,
    missing: u64,
    unknown: u64,
    repeated: u64,
    left_out: u64,
}

#[derive(Serialize)]
struct Total {
    name: &'static str,
    count: u64,
    of: u64,
    share: f64,
    at_least: Option<f64>,
    at_most: Option<f64>,
    met: Option<bool>,
    spread: Option<Spread>,
}

#[derive(Serialize)]
struct Class<'a> {
    #[serde(rename = "class")]
    name: &'a str,
    attempts: u64,
    #[serde(flatten)]
    all: Outcomes,
    not_allowed: f64,
    not_allowed_in_the_end: f64,
    not_allowed_lowest: f64,
    not_allowed_highest: f64,
    settled: Outcomes,
    settled_not_allowed: f64,
    thieves: Outcomes,
    first_caught: FirstCaught,
}

#[derive(Serialize)]
struct History {
    successes: &'static str,
    people: Outcomes,
    thieves: Outcomes,
}

#[derive(Serialize)]
struct Ablated<'a> {
    signals: &'a BTreeMap<String, Without>,
    families: &'a BTreeMap<String, Without>,
}

pub(super) fn of(found: &Evaluation) -> Json<'_> {
    let totals = found.totals();
    let spreads = found.spreads();
    let total = |(target, spread): (&Target, &Option<Spread>)| Total {
        name: target.name,
        count: target.count,
        of: target.of,
        share: target.share(),
        at_least: match target.limit {
            Limit::AtLeast(limit) => Some(limit),
            _ => None,
        },
        at_most: match target.limit {
            Limit::AtMost(limit) => Some(limit),
            _ => None,
        },
        met: target.is_met(),
        spread: *spread,
    };
    let history = HISTORIES.iter().zip(found.histories);
    Json {
        schema: 1,
        logs: found.logs.len(),
        totals: totals.targets().iter().zip(&spreads).map(total).collect(),
        attacks: classes(found, Side::Attack),
        people: classes(found, Side::People),
        undecidable: classes(found, Side::Undecidable),
        history: history
            .map(|(successes, of)| History {
                successes,
                people: of.people,
                thieves: of.thieves,
            })
            .collect(),
        reliability: found.scores.reliability(),
        curve: SHARES.map(|share| found.scores.at(share)).to_vec(),
        ablation: found.ablation.as_ref().map(|without| Ablated {
            signals: &without.signals,
            families: &without.families,
        }),
        weak_classes: totals.weak_classes,
        hit_kinds: totals.hit_kinds,
        missing: found.missing,
        unknown: found.unknown,
        repeated: found.repeated,
        left_out: found.left_out,
    }
}

fn classes(found: &Evaluation, side: Side) -> Vec<Class<'_>> {
    found.side(side).map(class).collect()
}

fn class(report: &ClassReport) -> Class<'_> {
    let (lowest, highest) = report.range;
    Class {
        name: &report.class,
        attempts: report.all.at_once.total(),
        all: report.all,
        not_allowed: report.all.at_once.share_caught(),
        not_allowed_in_the_end: report.all.in_the_end.share_caught(),
        not_allowed_lowest: lowest,
        not_allowed_highest: highest,
        settled: report.settled,
        settled_not_allowed: report.share_settled(),
        thieves: report.thieves,
        first_caught: report.median_first_caught(),
    }
}
