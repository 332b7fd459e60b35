//! What came out, as tables for a terminal.

use crate::drive::Driven;
use crate::evaluate::{ClassReport, Decisions, Report};
use crate::leaks::Leaks;
use comfy_table::{CellAlignment, Table, presets};
use std::fmt;

/// Text to the left in the first column, numbers to the right in all others.
fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// `part` of `whole`, from 0 to 1; 0 where there is nothing.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of events, far below 2^52"
)]
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// `part` of `whole` in percent.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    format!("{:.2} %", share(part, whole) * 100.0)
}

/// How many leaks of a class a table lists; `--json` gives all.
const LEAKS_SHOWN: usize = 12;

impl fmt::Display for Leaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = table(&["class", "value", "of the class", "events", "attacks"]);
        rows.column_mut(1)
            .expect("there are five columns")
            .set_cell_alignment(CellAlignment::Left);
        let (mut class, mut of_class, mut shown) = ("", 0, 0);
        for leak in self.open() {
            if leak.class != class {
                (class, of_class) = (&leak.class, 0);
            }
            of_class += 1;
            if of_class > LEAKS_SHOWN {
                continue;
            }
            shown += 1;
            let values: Vec<String> = leak.values.iter().map(|value| cut(value, 64)).collect();
            rows.add_row([
                leak.class.clone(),
                values.join("\n"),
                format!("{:.2} %", leak.carried * 100.0),
                leak.events.to_string(),
                format!("{:.2} %", leak.attacks * 100.0),
            ]);
        }
        if shown > 0 {
            writeln!(f, "{rows}")?;
        }
        let (open, all) = (self.open().count(), self.leaks.len());
        if open > shown {
            writeln!(f, "{} more are not shown; --json gives all", open - shown)?;
        }
        writeln!(
            f,
            "{open} values or pairs give an attack away, {} more are allowed ({} events, {} of them attacks, {} that no log can tell)",
            all - open,
            self.events,
            self.attacks,
            self.undecidable
        )?;
        if self.dropped > 0 {
            writeln!(
                f,
                "{} rare ones were forgotten to bound memory",
                self.dropped
            )?;
        }
        Ok(())
    }
}

/// The text, or its beginning and end where it is longer than `most` characters.
fn cut(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most / 2).collect();
    let end: String = text.chars().skip(length - (most - most / 2) + 1).collect();
    format!("{start}…{end}")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut classes = table(&[
            "class",
            "events",
            "allowed",
            "challenged",
            "blocked",
            "not allowed",
            "in the end",
            "first caught",
        ]);
        for class in &self.classes {
            let name = format!(
                "{} {}",
                if class.attack { "attack" } else { "people" },
                class.class
            );
            classes.add_row(class_row(&name, class));
        }
        writeln!(f, "{classes}")?;
        let (attack, attack_end) = self.total(true);
        let (people, people_end) = self.total(false);
        let thieves = (self.thieves_at_once, self.thieves_in_the_end);
        let of = |part: u64, of: Decisions| percent(part, of.total());
        let mut totals = table(&["total", "events", "at once", "in the end"]);
        for (what, at_once, in_the_end, count) in [
            (
                "attack attempts caught",
                attack,
                attack_end,
                Decisions::caught as fn(_) -> u64,
            ),
            (
                "thieves' successes flagged",
                thieves.0,
                thieves.1,
                Decisions::caught,
            ),
            ("people's attempts challenged", people, people_end, |of| {
                of.challenged
            }),
            ("people's attempts blocked", people, people_end, |of| {
                of.blocked
            }),
        ] {
            totals.add_row([
                what.to_owned(),
                at_once.total().to_string(),
                of(count(at_once), at_once),
                of(count(in_the_end), in_the_end),
            ]);
        }
        writeln!(f, "{totals}")?;
        for (count, what, ids) in [
            (
                self.missing,
                "labelled events have no verdict",
                &self.missing_ids,
            ),
            (
                self.unknown,
                "verdicts are on events without a label",
                &self.unknown_ids,
            ),
        ] {
            if count > 0 {
                writeln!(f, "{count} {what}, such as {}", ids.join(", "))?;
            }
        }
        if self.repeated > 0 {
            writeln!(
                f,
                "{} verdicts stood there twice and counted once",
                self.repeated
            )?;
        }
        if self.left_out > 0 {
            writeln!(f, "{} events before the start were left out", self.left_out)?;
        }
        Ok(())
    }
}

fn class_row(name: &str, class: &ClassReport) -> [String; 8] {
    let ClassReport {
        at_once,
        in_the_end,
        ..
    } = class;
    let first = match (class.attack, class.first_caught, class.first_caught_seconds) {
        (false, ..) => String::new(),
        (true, None, _) => "never".to_owned(),
        (true, Some(number), None) => format!("attempt {number}"),
        (true, Some(number), Some(seconds)) => format!("attempt {number}, {seconds:.1} s"),
    };
    [
        name.to_owned(),
        at_once.total().to_string(),
        at_once.allowed.to_string(),
        at_once.challenged.to_string(),
        at_once.blocked.to_string(),
        percent(at_once.caught(), at_once.total()),
        percent(in_the_end.caught(), in_the_end.total()),
        first,
    ]
}

impl fmt::Display for Driven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = table(&["load test", ""]);
        let seconds = self.elapsed.as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts of events, shown as a rate"
        )]
        let rate = self.sent as f64 / seconds.max(0.001);
        rows.add_row(["target".to_owned(), self.target.clone()]);
        rows.add_row(["events sent".to_owned(), self.sent.to_string()]);
        rows.add_row(["of them attack".to_owned(), percent(self.attack, self.sent)]);
        rows.add_row(["time".to_owned(), format!("{seconds:.2} s")]);
        rows.add_row(["rate".to_owned(), format!("{rate:.0} events/s")]);
        if let Some((what, latency)) = &self.latency {
            let ms = |us: u64| format!("{}.{:03} ms", us / 1_000, us % 1_000);
            rows.add_row([format!("{what}: measured"), latency.len().to_string()]);
            for (name, quantile) in [
                ("p50", 0.5),
                ("p90", 0.9),
                ("p99", 0.99),
                ("p99.9", 0.999),
                ("max", 1.0),
            ] {
                let value = latency.value_at_quantile(quantile);
                rows.add_row([format!("{what}: {name}"), ms(value)]);
            }
        }
        for (name, count) in &self.counts {
            rows.add_row([name.clone(), count.to_string()]);
        }
        writeln!(f, "{rows}")
    }
}
