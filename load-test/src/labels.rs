//! The truth about a log: a CSV with a header, one line an event.
//!
//! Columns are found by name, so their order and any further ones do not matter: `event_id`,
//! `attack` (0 or 1) and `class` must be there; `outcome`, `time` (seconds since the first event),
//! `username`, `undecidable` (0 or 1: no log can tell whether this is an attack) and `history` (how
//! often the user had come in before, by honest successes) may be, and may be empty.

use crate::plan::Labelled;
use anyhow::{Context, bail};
use credsieve_models::attempt::{Kind, Outcome};
use std::io::{Read, Write};

/// What is known about one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The event.
    pub event_id: String,
    /// Is it part of an attack?
    pub attack: bool,
    /// Its class.
    pub class: String,
    /// Whether the caller got in, where known.
    pub outcome: Option<Outcome>,
    /// Seconds since the first event, where known.
    pub seconds: Option<f64>,
    /// The name given, where known.
    pub username: Option<String>,
    /// No log can tell whether this is an attack: it belongs into no total.
    pub undecidable: bool,
    /// How often the user had come in before, where known.
    pub history: Option<u32>,
}

/// Reads labels; `name` is the file's, for messages.
///
/// # Errors
/// With the file and the line where something is wrong.
pub fn read(input: impl Read, name: &str) -> anyhow::Result<Vec<Truth>> {
    Labels::open(input, name)?.collect()
}

/// Labels one by one, for files that are larger than memory.
pub struct Labels<R: Read> {
    reader: csv::Reader<R>,
    columns: Columns,
    record: csv::StringRecord,
    name: String,
}

impl<R: Read> Labels<R> {
    /// Reads the header; `name` is the file's, for messages.
    ///
    /// # Errors
    /// When the header is not one of labels.
    pub fn open(input: R, name: &str) -> anyhow::Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(input);
        let first_line = || format!("{name}, line 1");
        let columns = Columns::find(reader.headers().with_context(first_line)?);
        Ok(Self {
            columns: columns.with_context(first_line)?,
            reader,
            record: csv::StringRecord::new(),
            name: name.to_owned(),
        })
    }
}

impl<R: Read> Iterator for Labels<R> {
    type Item = anyhow::Result<Truth>;

    fn next(&mut self) -> Option<Self::Item> {
        // The csv crate names the line of its own errors.
        match self.reader.read_record(&mut self.record) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(error) => return Some(Err(error).context(self.name.clone())),
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let truth = self.columns.truth(&self.record);
        Some(truth.with_context(|| format!("{}, line {line}", self.name)))
    }
}

struct Columns {
    event_id: usize,
    attack: usize,
    class: usize,
    outcome: Option<usize>,
    time: Option<usize>,
    username: Option<usize>,
    undecidable: Option<usize>,
    history: Option<usize>,
}

impl Columns {
    fn find(header: &csv::StringRecord) -> anyhow::Result<Self> {
        let at = |name: &str| header.iter().position(|column| column == name);
        let must = |name: &str| at(name).with_context(|| format!("there is no column `{name}`"));
        Ok(Self {
            event_id: must("event_id")?,
            attack: must("attack")?,
            class: must("class")?,
            outcome: at("outcome"),
            time: at("time"),
            username: at("username"),
            undecidable: at("undecidable"),
            history: at("history"),
        })
    }

    fn truth(&self, record: &csv::StringRecord) -> anyhow::Result<Truth> {
        let must = |column: usize| record.get(column).unwrap_or_default();
        let given = |column: Option<usize>| {
            column
                .and_then(|column| record.get(column))
                .filter(|text| !text.is_empty())
        };
        let event_id = must(self.event_id).to_owned();
        if event_id.is_empty() {
            bail!("`event_id` is empty");
        }
        let Some(attack) = flag(must(self.attack)) else {
            bail!("`attack` is neither 0 nor 1")
        };
        let undecidable = given(self.undecidable)
            .map(|text| flag(text).context("`undecidable` is neither 0 nor 1"))
            .transpose()?;
        let history = given(self.history)
            .map(|text| {
                text.parse()
                    .ok()
                    .context("`history` is no number of successes")
            })
            .transpose()?;
        let outcome = given(self.outcome)
            .map(|text| {
                Outcome::from_name(text).context("`outcome` is neither success nor failure")
            })
            .transpose()?;
        let seconds = given(self.time)
            .map(|text| {
                text.parse::<f64>()
                    .ok()
                    .filter(|seconds| seconds.is_finite())
            })
            .map(|seconds| seconds.context("`time` is no number of seconds"))
            .transpose()?;
        Ok(Truth {
            event_id,
            attack,
            class: must(self.class).to_owned(),
            outcome,
            seconds,
            username: given(self.username).map(str::to_owned),
            undecidable: undecidable.unwrap_or(false),
            history,
        })
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Writes labels while events are made.
pub struct LabelWriter<W: Write> {
    out: csv::Writer<W>,
    first_ms: Option<i64>,
}

impl<W: Write> LabelWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// Those of the output.
    pub fn new(out: W) -> anyhow::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record([
            "event_id",
            "attack",
            "class",
            "outcome",
            "time",
            "username",
            "undecidable",
            "history",
        ])?;
        Ok(Self {
            out,
            first_ms: None,
        })
    }

    /// Writes one event's label. The outcome is given only where a success lets the caller in: an
    /// answered lookup or an accepted sign-up is nobody's account entered by a thief, and neither is
    /// an account that the attackers made for themselves.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, event: &Labelled) -> anyhow::Result<()> {
        let since_ms = event.time_ms - *self.first_ms.get_or_insert(event.time_ms);
        let enters = matches!(event.kind, Kind::Login | Kind::Token | Kind::Mfa)
            && (event.of_a_person || !event.attack || event.outcome == Outcome::Failure);
        let (seconds, thousandths) = (since_ms.div_euclid(1_000), since_ms.rem_euclid(1_000));
        self.out.write_record([
            event.event_id.as_str(),
            if event.attack { "1" } else { "0" },
            event.class,
            if enters { event.outcome.name() } else { "" },
            &format!("{seconds}.{thousandths:03}"),
            &event.username,
            if event.undecidable { "1" } else { "0" },
            &event.history.to_string(),
        ])?;
        Ok(())
    }

    /// Writes what is still buffered.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.out.flush().context("could not write the labels")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let csv = "class,event_id,attack,extra\nowner,e1,0,x\nnoise,e2,1,y\n";
        let truths = read(csv.as_bytes(), "labels.csv").unwrap();
        assert_eq!(truths.len(), 2);
        assert_eq!(
            (truths[1].event_id.as_str(), truths[1].attack),
            ("e2", true)
        );
        assert_eq!((truths[0].outcome, truths[0].seconds), (None, None));
        assert_eq!((truths[0].undecidable, truths[0].history), (false, None));
        assert_eq!(truths[0].username, None);
    }

    #[test]
    fn what_no_log_can_tell_and_the_length_of_history_are_read_where_they_stand() {
        let csv = "event_id,attack,class,username,undecidable,history\ne1,1,replay,ada,1,\ne2,0,home,,0,12\n";
        let truths = read(csv.as_bytes(), "labels.csv").unwrap();
        assert_eq!((truths[0].undecidable, truths[0].history), (true, None));
        assert_eq!(truths[0].username.as_deref(), Some("ada"));
        assert_eq!(
            (truths[1].undecidable, truths[1].history),
            (false, Some(12))
        );
    }

    #[test]
    fn a_bad_line_is_named_with_its_file() {
        let header = "event_id,attack,class,outcome,time,undecidable,history\n";
        for (line, wrong) in [
            ("e1,2,x,,,,", "`attack` is neither 0 nor 1"),
            (",1,x,,,,", "`event_id` is empty"),
            ("e1,1,x,maybe,,,", "`outcome` is neither"),
            ("e1,1,x,success,soon,,", "`time` is no number"),
            ("e1,1,x,,,2,", "`undecidable` is neither"),
            ("e1,1,x,,,,-1", "`history` is no number"),
            ("e1,1", "labels.csv"),
        ] {
            let csv = format!("{header}e0,0,x,success,0.0,,\n{line}\n");
            let error = format!("{:#}", read(csv.as_bytes(), "labels.csv").unwrap_err());
            assert!(error.contains(wrong), "{error}");
            assert!(
                error.contains("labels.csv") && error.contains("line"),
                "{error}"
            );
            assert!(error.contains('3'), "{error}");
        }
        let error = read("event_id,class\n".as_bytes(), "l.csv").unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "l.csv, line 1: there is no column `attack`"
        );
    }
}
