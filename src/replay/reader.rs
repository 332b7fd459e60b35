//! The first stage of a replay: lines become attempts, and attempts frames.

use super::Setup;
use super::dead_letters::DeadLetters;
use super::lines::{Batch, Lines, looks_like};
use anyhow::Result;
use credsieve_engine::{Frame, Words};
use credsieve_models::attempt::unknown_fields;
use credsieve_models::{Attempt, Reject};
use std::collections::BTreeMap;

/// Lines that are read, judged and written together: few enough to stay in the caches of a core from
/// one stage to the next.
const BATCH_LINES: usize = 512;

/// A batch that was read.
#[derive(Default)]
pub struct Read {
    /// A frame for each attempt.
    pub frames: Vec<Frame>,
    /// Where questions are asked: each attempt as an auth service would ask about it, before its outcome.
    pub questions: Vec<Frame>,
    /// What a verdict must say beside it.
    pub ids: Ids,
}

/// The tenants and event ids of a batch, in one text.
#[derive(Default)]
pub struct Ids {
    text: String,
    /// Where the n-th tenant ends, and the event id after it.
    ends: Vec<(usize, usize)>,
}

impl Ids {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn push(&mut self, attempt: &Attempt<'_>) {
        self.text.push_str(&attempt.tenant);
        let tenant = self.text.len();
        self.text.push_str(&attempt.event_id);
        self.ends.push((tenant, self.text.len()));
    }

    /// Tenant and event id of the n-th attempt.
    pub fn of(&self, n: usize) -> (&str, &str) {
        let start = n.checked_sub(1).map_or(0, |before| self.ends[before].1);
        let (tenant, event) = self.ends[n];
        (&self.text[start..tenant], &self.text[tenant..event])
    }

    /// The words that the engine gives back with a revision. A verdict line has no user name.
    pub fn words(&self, n: usize) -> Words {
        let (tenant, event_id) = self.of(n);
        Words {
            tenant: tenant.into(),
            event_id: event_id.into(),
            username: None,
        }
    }
}

/// Reads lines and makes frames of them.
pub struct Reader<'a> {
    setup: &'a Setup,
    lines: Lines,
    batch: Batch,
    dead_letters: DeadLetters,
    found: Found,
}

/// Lines of which the names of unknown fields are taken: a misspelt one stands in every line.
const LINES_LOOKED_THROUGH: u64 = 1_000;

/// Different names that are counted.
const NAMES_COUNTED: usize = 1_000;

/// What reading came to, beside attempts.
#[derive(Default)]
pub struct Found {
    /// Lines that are no attempts.
    pub rejected: u64,
    /// The first of them, and what is wrong with it.
    pub first_reject: Option<(u64, Reject)>,
    /// What that line looks like instead, where it looks like something.
    pub looks_like: Option<&'static str>,
    /// Lines that are attempts.
    pub attempts: u64,
    /// Names that are no fields, by how many of the first lines have them.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Some attempt has a user name.
    pub has_usernames: bool,
}

impl Found {
    fn bad(&mut self, number: u64, line: &[u8], reject: Reject) {
        self.rejected += 1;
        if self.first_reject.is_none() {
            self.first_reject = Some((number, reject));
            self.looks_like = looks_like(line);
        }
    }

    fn good(&mut self, line: &[u8], attempt: &Attempt<'_>) {
        self.attempts += 1;
        self.has_usernames |= attempt.username.is_some();
        if self.attempts <= LINES_LOOKED_THROUGH {
            for name in unknown_fields(line) {
                let counted = &mut self.unknown_fields;
                if counted.len() < NAMES_COUNTED || counted.contains_key(&name) {
                    *counted.entry(name).or_default() += 1;
                }
            }
        }
    }
}

impl<'a> Reader<'a> {
    /// A reader of `lines`.
    pub fn new(setup: &'a Setup, lines: Lines, dead_letters: DeadLetters) -> Self {
        Self {
            setup,
            lines,
            batch: Batch::default(),
            dead_letters,
            found: Found::default(),
        }
    }

    /// Reads the next batch in place of what `read` held; false at the end.
    pub fn read(&mut self, read: &mut Read) -> Result<bool> {
        read.frames.clear();
        read.questions.clear();
        read.ids.clear();
        if !self.lines.read(&mut self.batch, BATCH_LINES)? {
            return Ok(false);
        }
        let Setup {
            clock_ms,
            hasher,
            names,
            asks,
            ..
        } = self.setup;
        for (number, line) in self.batch.lines() {
            match Attempt::parse(line, *clock_ms) {
                Ok(attempt) => {
                    self.found.good(line, &attempt);
                    let frame = Frame::new(&attempt, *clock_ms, hasher, names);
                    if *asks {
                        read.questions.push(frame.before_its_outcome());
                    }
                    read.frames.push(frame);
                    read.ids.push(&attempt);
                }
                Err(reject) => {
                    self.dead_letters.write(number, line, &reject)?;
                    self.found.bad(number, line, reject);
                }
            }
        }
        Ok(true)
    }

    /// Ends the reading; answers what it came to.
    pub fn finish(self) -> Result<Found> {
        self.dead_letters.finish()?;
        self.lines.finish();
        Ok(self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_batch_keep_their_borders() {
        let mut ids = Ids::default();
        for (tenant, event_id) in [("a", "e1"), ("default", "e22"), ("b", "x")] {
            let record = format!(
                r#"{{"event_id":"{event_id}","tenant":"{tenant}","time":1700000000000,"outcome":"failure","ip":"203.0.113.9"}}"#
            );
            ids.push(&Attempt::parse(record.as_bytes(), 1_700_000_000_000).unwrap());
        }
        let all: Vec<_> = (0..3).map(|n| ids.of(n)).collect();
        assert_eq!(all, [("a", "e1"), ("default", "e22"), ("b", "x")]);
        assert_eq!(&*ids.words(1).event_id, "e22");
    }
}
