//! The progress line of a drive, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A line on standard error; nothing where that is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line for so many events, where their number is known.
    pub fn of(events: Option<u64>, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
            };
        }
        let (bar, template) = match events {
            Some(events) => (
                ProgressBar::new(events),
                "{bar:30} {human_pos} of {human_len} sent, {per_sec}, {elapsed}{msg}",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{spinner} {human_pos} sent, {per_sec}, {elapsed}{msg}",
            ),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
        let style = ProgressStyle::with_template(template).expect("a constant template");
        Self {
            bar: bar.with_style(style),
        }
    }

    /// So many events are sent.
    pub fn sent(&self, events: u64) {
        self.bar.set_position(events);
    }

    /// What else there is to say, such as what is waited for.
    pub fn say(&self, what: &str) {
        if !self.bar.is_hidden() {
            self.bar.set_message(format!(", {what}"));
        }
    }
}

/// The line goes when the drive ends, however that is.
impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
