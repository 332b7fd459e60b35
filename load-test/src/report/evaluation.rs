//! The tables of an evaluation.

use super::{percent, share, table};
use crate::evaluate::{
    Ablation, ClassReport, Decisions, Evaluation, FirstCaught, HISTORIES, Limit, SHARES, Side,
    Spread, Target, Without,
};
use std::collections::BTreeMap;
use std::fmt::{self, Formatter, Result};

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        attacks(f, self)?;
        people(f, self)?;
        undecidable(f, self)?;
        histories(f, self)?;
        reliability(f, self)?;
        curve(f, self)?;
        if let Some(without) = &self.ablation {
            ablation(f, self, without)?;
        }
        TotalsOf(self).fmt(f)
    }
}

/// The table of totals of an evaluation, and what is to be said about all of it.
pub(crate) struct TotalsOf<'a>(pub &'a Evaluation);

impl fmt::Display for TotalsOf<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        totals(f, self.0)?;
        remarks(f, self.0)
    }
}

fn attacks(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let several = found.logs.len() > 1;
    let lowest = if several { "worst log" } else { "" };
    let mut rows = table(
        f,
        &[
            "attack",
            "attempts",
            "challenged",
            "blocked",
            "not allowed",
            lowest,
            "once begun",
            "in the end",
            "thieves",
            "at once",
            "in the end",
            "first caught",
        ],
    );
    for class in found.side(Side::Attack) {
        let Decisions {
            challenged,
            blocked,
            ..
        } = class.all.at_once;
        let all = class.all.at_once.total();
        rows.add_row([
            class.class.clone(),
            all.to_string(),
            percent(challenged, all),
            percent(blocked, all),
            caught(class.all.at_once),
            if several {
                as_percent(class.range.0)
            } else {
                String::new()
            },
            as_percent(class.share_settled()),
            caught(class.all.in_the_end),
            class.thieves.at_once.total().to_string(),
            caught(class.thieves.at_once),
            caught(class.thieves.in_the_end),
            first_caught(class),
        ]);
    }
    if !several && let Some(column) = rows.column_mut(5) {
        column.set_constraint(comfy_table::ColumnConstraint::Hidden);
    }
    shown(f, &rows, found.side(Side::Attack).count())
}

fn people(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(
        f,
        &[
            "people",
            "attempts",
            "challenged",
            "blocked",
            "with revisions",
            "worst log",
        ],
    );
    for class in found.side(Side::People) {
        rows.add_row(honest_row(class));
    }
    shown(f, &rows, found.side(Side::People).count())
}

fn honest_row(class: &ClassReport) -> [String; 6] {
    let all = class.all.at_once;
    [
        class.class.clone(),
        all.total().to_string(),
        fine_percent(all.caught(), all.total()),
        fine_percent(all.blocked, all.total()),
        fine_percent(class.all.in_the_end.caught(), all.total()),
        format!("{:.3} %", class.range.1 * 100.0),
    ]
}

fn undecidable(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(
        f,
        &[
            "what no log can tell (in no total)",
            "attempts",
            "not allowed",
            "in the end",
        ],
    );
    for class in found.side(Side::Undecidable) {
        rows.add_row([
            class.class.clone(),
            class.all.at_once.total().to_string(),
            caught(class.all.at_once),
            caught(class.all.in_the_end),
        ]);
    }
    shown(f, &rows, found.side(Side::Undecidable).count())
}

fn histories(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(
        f,
        &[
            "earlier successes of the user",
            "people's attempts",
            "challenged",
            "blocked",
            "with revisions",
            "thieves",
            "at once",
            "in the end",
        ],
    );
    let mut known = 0;
    for (name, of) in HISTORIES.iter().zip(found.histories) {
        let all = of.people.at_once;
        known += usize::from(all.total() > 0);
        rows.add_row([
            (*name).to_owned(),
            all.total().to_string(),
            fine_percent(all.caught(), all.total()),
            fine_percent(all.blocked, all.total()),
            fine_percent(of.people.in_the_end.caught(), all.total()),
            of.thieves.at_once.total().to_string(),
            caught(of.thieves.at_once),
            caught(of.thieves.in_the_end),
        ]);
    }
    shown(f, &rows, known)
}

fn reliability(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(f, &["score", "verdicts", "mean score", "attacks"]);
    for bin in found.scores.reliability() {
        rows.add_row([
            format!("{:.2} to {:.2}", bin.from, bin.to),
            bin.verdicts.to_string(),
            if bin.verdicts > 0 {
                format!("{:.4}", bin.mean_score)
            } else {
                "–".to_owned()
            },
            percent(bin.attacks, bin.verdicts),
        ]);
    }
    print(f, &rows)
}

fn curve(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(
        f,
        &["people challenged", "at a threshold of", "attacks caught"],
    );
    for people in SHARES {
        let point = found.scores.at(people);
        rows.add_row([
            format!("{:.2} %", people * 100.0),
            format!("{:.4}", point.threshold),
            as_percent(point.caught),
        ]);
    }
    print(f, &rows)
}

fn ablation(f: &mut Formatter<'_>, found: &Evaluation, without: &Ablation) -> Result {
    for (what, by) in [
        ("without the family", &without.families),
        ("without the signal", &without.signals),
    ] {
        ablated(f, found, what, by)?;
    }
    Ok(())
}

fn ablated(
    f: &mut Formatter<'_>,
    found: &Evaluation,
    what: &str,
    by: &BTreeMap<String, Without>,
) -> Result {
    let attacks = found.total(Side::Attack).at_once.total();
    let people = found.total(Side::People).at_once.total();
    let mut rows = table(
        f,
        &[
            what,
            "attacks with it",
            "caught",
            "thieves",
            "people with it",
            "people challenged",
        ],
    );
    let mut order: Vec<_> = by.iter().collect();
    order.sort_by_key(|(name, without)| {
        (
            without.won.cast_signed() - without.lost.cast_signed(),
            *name,
        )
    });
    for (name, without) in order {
        rows.add_row([
            name.clone(),
            percent(without.attacks, attacks),
            points(without.won, without.lost, attacks),
            format!("{:+}", -without.thieves_lost.cast_signed()),
            percent(without.people, people),
            points(without.hit, without.spared, people),
        ]);
    }
    shown(f, &rows, by.len())
}

fn totals(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    let mut rows = table(
        f,
        &[
            "total", "of", "share", "least", "median", "most", "target", "",
        ],
    );
    let totals = found.totals();
    for (target, spread) in totals.targets().iter().zip(found.spreads()) {
        rows.add_row(total_row(target, spread));
    }
    let lists = [
        (WEAK, &totals.weak_classes, Side::Attack),
        (HIT, &totals.hit_kinds, Side::People),
    ];
    for (what, of, side) in lists {
        rows.add_row([
            what.to_owned(),
            found.side(side).count().to_string(),
            of.len().to_string(),
            String::new(),
            String::new(),
            String::new(),
            "0".to_owned(),
            met(Some(of.is_empty())),
        ]);
    }
    if found.logs.len() < 2 {
        for column in 3..6 {
            if let Some(column) = rows.column_mut(column) {
                column.set_constraint(comfy_table::ColumnConstraint::Hidden);
            }
        }
    }
    print(f, &rows)?;
    for (what, of, _) in lists {
        if !of.is_empty() {
            writeln!(f, "{what}: {}", of.join(", "))?;
        }
    }
    Ok(())
}

const WEAK: &str = "attack classes under 90 % once begun";
const HIT: &str = "kinds of people above 0.5 % challenged";

fn total_row(target: &Target, spread: Option<Spread>) -> [String; 8] {
    let fine = |share: f64| format!("{:.3} %", share * 100.0);
    let of = |share: fn(Spread) -> f64| spread.map_or_else(|| "–".to_owned(), |of| fine(share(of)));
    [
        target.what.to_owned(),
        target.of.to_string(),
        fine_percent(target.count, target.of),
        of(|spread| spread.min),
        of(|spread| spread.median),
        of(|spread| spread.max),
        match target.limit {
            Limit::AtLeast(limit) => format!("≥ {} %", limit * 100.0),
            Limit::AtMost(limit) => format!("≤ {} %", limit * 100.0),
            Limit::None => String::new(),
        },
        met(target.is_met()),
    ]
}

fn met(is_met: Option<bool>) -> String {
    match is_met {
        Some(true) => "met",
        Some(false) => "NOT MET",
        None => "",
    }
    .to_owned()
}

fn remarks(f: &mut Formatter<'_>, found: &Evaluation) -> Result {
    if found.logs.len() > 1 {
        writeln!(f, "{} logs together", found.logs.len())?;
    }
    for (count, what, ids) in [
        (
            found.missing,
            "labelled events have no verdict",
            &found.missing_ids,
        ),
        (
            found.unknown,
            "verdicts are on events without a label",
            &found.unknown_ids,
        ),
    ] {
        if count > 0 {
            writeln!(f, "{count} {what}, such as {}", ids.join(", "))?;
        }
    }
    if found.repeated > 0 {
        writeln!(
            f,
            "{} verdicts stood there twice and counted once",
            found.repeated
        )?;
    }
    if found.left_out > 0 {
        writeln!(
            f,
            "{} events before the start were left out",
            found.left_out
        )?;
    }
    Ok(())
}

fn first_caught(class: &ClassReport) -> String {
    match class.median_first_caught() {
        FirstCaught { attempt: None, .. } => "never".to_owned(),
        FirstCaught {
            attempt: Some(number),
            seconds: None,
        } => format!("attempt {number}"),
        FirstCaught {
            attempt: Some(number),
            seconds: Some(seconds),
        } => format!("attempt {number}, {seconds:.1} s"),
    }
}

/// The table; in Markdown with an empty line, which ends it there.
fn print(f: &mut Formatter<'_>, rows: &comfy_table::Table) -> Result {
    writeln!(f, "{rows}")?;
    if f.alternate() { writeln!(f) } else { Ok(()) }
}

/// The table, if it has a row.
fn shown(f: &mut Formatter<'_>, rows: &comfy_table::Table, count: usize) -> Result {
    if count > 0 { print(f, rows) } else { Ok(()) }
}

fn caught(of: Decisions) -> String {
    percent(of.caught(), of.total())
}

fn as_percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// Percent with a digit more, for shares of people.
fn fine_percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        "–".to_owned()
    } else {
        format!("{:.3} %", share(part, whole) * 100.0)
    }
}

/// What comes and goes, as a change in points of a percent.
fn points(come: u64, go: u64, whole: u64) -> String {
    format!("{:+.3}", (share(come, whole) - share(go, whole)) * 100.0)
}
