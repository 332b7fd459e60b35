//! The last stage of a replay: what the engine said becomes lines, in its order.

use super::Setup;
use super::reader::Read;
use super::summary::Summary;
use anyhow::{Context, Result};
use credsieve_engine::Observed;
use credsieve_engine::judgement::Said;
use std::io::Write;

/// Writes what the engine said.
pub struct Writer<'a, W> {
    setup: &'a Setup,
    summary: Summary,
    text: Vec<u8>,
    out: W,
}

impl<'a, W: Write> Writer<'a, W> {
    /// A writer to `out`.
    pub fn new(setup: &'a Setup, out: W) -> Self {
        Self {
            setup,
            summary: Summary::start(),
            text: Vec::new(),
            out,
        }
    }

    /// Writes what was said about a batch, and takes it.
    pub fn write(&mut self, read: &Read, observed: &mut Vec<Observed>) -> Result<()> {
        let (policy, mode) = (&self.setup.policy_hash, self.setup.policy.mode.0);
        let decided_at_ms = credsieve_detector::now_ms();
        self.text.clear();
        let mut attempts = read.frames.iter().enumerate();
        for said in observed.drain(..) {
            let verdict = match said {
                Observed::Judged(judgement) => {
                    let Some((n, frame)) = attempts.next() else {
                        continue; // The engine says one thing of each attempt.
                    };
                    self.summary.judged(frame.address, &judgement);
                    let (tenant, event_id) = read.ids.of(n);
                    let said = Said {
                        tenant,
                        event_id,
                        time_ms: frame.time_ms,
                        revision: 0,
                    };
                    judgement.said(&said, decided_at_ms, policy, mode)
                }
                Observed::Revised(revision) => {
                    self.summary.revised(&revision);
                    revision.into_verdict(decided_at_ms, policy, mode)
                }
                Observed::Campaign(campaign) => {
                    self.summary.campaign(&campaign);
                    continue;
                }
                Observed::Repeat => {
                    attempts.next();
                    continue; // The engine counts repeats.
                }
            };
            verdict.write_json(&mut self.text);
            self.text.push(b'\n');
        }
        self.out
            .write_all(&self.text)
            .context("writing verdicts to standard output")
    }

    /// Ends the output.
    pub fn finish(mut self) -> Result<Summary> {
        let flushed = self.out.flush();
        flushed.context("writing verdicts to standard output")?;
        Ok(self.summary)
    }
}
