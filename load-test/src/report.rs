//! What came out, as tables for a terminal: of a drive, of a search for leaks, and (in
//! `evaluation`) of an evaluation.

mod driven;
mod evaluation;

pub(crate) use evaluation::TotalsOf;

use crate::leaks::Leaks;
use comfy_table::{CellAlignment, Table, presets};
use std::fmt;
use std::io::{self, Write as _};

/// Prints on the standard output. That its reader has had enough, as `head` does, is no error, and not the
/// panic that `println!` makes of it.
///
/// # Errors
/// When the output cannot be written for another reason.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Text to the left in the first column, numbers to the right in all others; of Markdown where the
/// format asks for the alternate form.
fn table(f: &fmt::Formatter<'_>, header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(if f.alternate() {
        presets::ASCII_MARKDOWN
    } else {
        presets::UTF8_FULL_CONDENSED
    });
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
        let mut rows = table(f, &["class", "value", "of the class", "events", "attacks"]);
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
