//! Verdict lines, read and joined with the events that they judge.

use super::ablation::{Ablation, ReasonLine};
use super::result::Evaluation;
use crate::labels::Truth;
use anyhow::{Context, bail};
use credsieve_models::{Decision, Score};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::BufRead;

/// How many ids an evaluation gives as examples.
pub(super) const EXAMPLES: usize = 5;

/// The first and the last verdict on an event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub first: Made,
    pub last: Made,
}

/// A verdict: which revision, what it decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Made {
    pub revision: u32,
    pub decision: Decision,
    pub score: Score,
}

/// A verdict as far as it is needed here.
#[derive(Deserialize)]
struct VerdictLine<'a> {
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    revision: u32,
    decision: Decision,
    score: Score,
}

#[derive(Deserialize)]
struct Reasons<'a> {
    #[serde(borrow, default)]
    reasons: Vec<ReasonLine<'a>>,
}

/// Reads verdict lines; `name` is their file, for messages. One entry an event of `truths`.
pub(super) fn read(
    mut verdicts: impl BufRead,
    name: &str,
    truths: &[Truth],
    found: &mut Evaluation,
    mut ablation: Option<&mut Ablation>,
    counts: impl Fn(&Truth) -> bool,
) -> anyhow::Result<Vec<Option<Judged>>> {
    let place = places(truths)?;
    let mut judged: Vec<Option<Judged>> = vec![None; truths.len()];
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        number += 1;
        let read = verdicts.read_until(b'\n', &mut bytes);
        if read.with_context(|| format!("cannot read {name}"))? == 0 {
            return Ok(judged);
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let no_verdict = || format!("{name}, line {number}: no verdict");
        let line: VerdictLine = serde_json::from_slice(&bytes).with_context(no_verdict)?;
        let Some(index) = place.get(&*line.event_id).copied() else {
            found.unknown += 1;
            if found.unknown_ids.len() < EXAMPLES {
                found.unknown_ids.push(line.event_id.into_owned());
            }
            continue;
        };
        let made = Made {
            revision: line.revision,
            decision: line.decision,
            score: line.score,
        };
        if !join(&mut judged[index], made) {
            found.repeated += 1;
        } else if let Some(ablation) = ablation.as_deref_mut()
            && made.revision == 0
            && counts(&truths[index])
        {
            let Reasons { reasons } = serde_json::from_slice(&bytes).with_context(no_verdict)?;
            ablation.count(&truths[index], made, &reasons);
        }
    }
}

fn places(truths: &[Truth]) -> anyhow::Result<HashMap<&str, usize>> {
    let mut place = HashMap::with_capacity(truths.len());
    for (index, truth) in truths.iter().enumerate() {
        if place.insert(truth.event_id.as_str(), index).is_some() {
            bail!("the event `{}` has two labels", truth.event_id);
        }
    }
    Ok(place)
}

/// Keeps the first and the last revision; `false` for one that was there already.
fn join(judged: &mut Option<Judged>, made: Made) -> bool {
    match judged {
        none @ None => {
            *none = Some(Judged {
                first: made,
                last: made,
            });
        }
        Some(seen) if [seen.first.revision, seen.last.revision].contains(&made.revision) => {
            return false;
        }
        Some(seen) if made.revision > seen.last.revision => seen.last = made,
        Some(seen) if made.revision < seen.first.revision => seen.first = made,
        Some(_) => {}
    }
    true
}
