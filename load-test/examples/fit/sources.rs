//! Sources: labelled traffic to learn from, made here or kept in files.

use anyhow::{Context, Result, bail};
use credsieve_load_test::labels::Labels;
use credsieve_load_test::{Labelled, Mix, MixFile};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Traffic to learn from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    traffic: Traffic<'a>,
    /// What each attempt counts beside the others of its generator.
    pub counts: f64,
    /// Who made it: 0 for ours.
    pub generator: usize,
}

#[derive(Clone, Copy)]
enum Traffic<'a> {
    Made {
        mix: &'a str,
        /// What in `[size]` differs from the mix.
        size: &'a str,
        seeds: &'a [u64],
    },
    /// `PATH.ndjson` with the labels in `PATH.csv`.
    Kept(&'a Path),
}

/// An attempt with its label.
pub struct Event {
    pub json: String,
    pub attack: bool,
    /// No log can tell what it is: it is judged, and not learned from.
    pub undecidable: bool,
}

/// Attempts in the order in which they came.
pub type Log = Box<dyn Iterator<Item = Result<Event>>>;

impl<'a> Source<'a> {
    /// Traffic of a mix, a log for each seed.
    pub const fn made(mix: &'a str, size: &'a str, seeds: &'a [u64], counts: f64) -> Self {
        Self {
            traffic: Traffic::Made { mix, size, seeds },
            counts,
            generator: 0,
        }
    }

    /// A log that somebody else made.
    pub const fn kept(path: &'a Path, generator: usize) -> Self {
        Self {
            traffic: Traffic::Kept(path),
            counts: 1.0,
            generator,
        }
    }

    /// Its logs, each to be judged by an engine of its own, and how to call them.
    pub fn logs(&self) -> Result<Vec<(String, Log)>> {
        match self.traffic {
            Traffic::Made { mix, size, seeds } => {
                let file = mix_file(mix, size)?;
                let log =
                    |seed: &u64| Ok((format!("{mix} {size} seed {seed}"), made(&file, *seed)?));
                seeds.iter().map(log).collect()
            }
            Traffic::Kept(path) => Ok(vec![(path.display().to_string(), kept(path)?)]),
        }
    }
}

fn mix_file(mix: &str, size: &str) -> Result<MixFile> {
    if size.is_empty() {
        MixFile::read(Path::new(mix))
    } else {
        MixFile::parse(&format!("[size]\n{size}\n"), size)
    }
}

fn made(file: &MixFile, seed: u64) -> Result<Log> {
    let event = |event: Labelled| {
        Ok(Event {
            json: event.event_json,
            attack: event.attack,
            undecidable: event.undecidable,
        })
    };
    Ok(Box::new(Mix::from_file(file, seed)?.map(event)))
}

/// Opens a log. The labels are read first, so they may stand in any order.
fn kept(path: &Path) -> Result<Log> {
    let named = path.display();
    let events = format!("{named}.ndjson");
    let labels = Said::read(&format!("{named}.csv"))?;
    let lines = BufReader::new(File::open(&events).with_context(|| events.clone())?).lines();
    Ok(Box::new(lines.enumerate().map(move |(before, line)| {
        line.map_err(Into::into)
            .and_then(|json| labels.event(json))
            .with_context(|| format!("{events}, line {}", before + 1))
    })))
}

/// What the labels of a log say by event: whether it is an attack, whether that is undecidable.
struct Said(HashMap<String, (bool, bool)>);

impl Said {
    fn read(path: &str) -> Result<Self> {
        let file = File::open(path).with_context(|| path.to_owned())?;
        let said = Labels::open(BufReader::new(file), path)?
            .map(|truth| truth.map(|of| (of.event_id, (of.attack, of.undecidable))));
        said.collect::<Result<_>>().map(Self)
    }

    /// An event with its label. One without is no event to pass over: the files do not belong together.
    fn event(&self, json: String) -> Result<Event> {
        #[derive(serde::Deserialize)]
        struct Id {
            event_id: String,
        }
        let Id { event_id } = serde_json::from_str(&json)?;
        let Some((attack, undecidable)) = self.0.get(&event_id).copied() else {
            bail!("`{event_id}` has no label");
        };
        Ok(Event {
            json,
            attack,
            undecidable,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(events: &str, labels: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.day");
        std::fs::write(folder.path().join("other.day.ndjson"), events).unwrap();
        std::fs::write(folder.path().join("other.day.csv"), labels).unwrap();
        (folder, path)
    }

    #[test]
    fn a_log_in_files_is_read_with_its_labels_in_any_order() {
        let (_folder, path) = written(
            "{\"event_id\":\"a\"}\n{\"event_id\":\"b\",\"time\":\"x\"}\n",
            "event_id,attack,class,undecidable\nb,1,spray,1\na,0,home,\n",
        );
        let source = Source::kept(&path, 1);
        let (_, log) = source.logs().unwrap().remove(0);
        let said: Vec<_> = log
            .map(|event| event.unwrap())
            .map(|event| (event.attack, event.undecidable))
            .collect();
        assert_eq!(said, [(false, false), (true, true)]);
    }

    #[test]
    fn an_event_without_a_label_is_named_with_its_line() {
        let (_folder, path) = written(
            "{\"event_id\":\"a\"}\n{\"event_id\":\"b\"}\n",
            "event_id,attack,class\na,0,home\n",
        );
        let (_, log) = Source::kept(&path, 1).logs().unwrap().remove(0);
        let error = log.collect::<Result<Vec<_>>>().err().unwrap();
        let error = format!("{error:#}");
        assert!(
            error.contains("other.day.ndjson, line 2: `b` has no label"),
            "{error}"
        );
    }
}
