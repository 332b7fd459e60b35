//! What came out, as tables for a terminal.

use crate::drive::Driven;
use crate::evaluate::{ClassReport, Decisions, Report};
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

/// `part` of `whole` in percent.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of events, shown with two digits"
    )]
    let share = part as f64 / whole as f64;
    format!("{:.2} %", share * 100.0)
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
