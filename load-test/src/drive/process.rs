//! The process under test: its memory and processor time, from Linux's `/proc`.
//!
//! Two files are read as the kernel documents them (proc(5)): a crate for all of `/proc` would not build on
//! other systems, where this says in one line that there is none.

use super::measured::rate;
use anyhow::{Context, bail};
use serde::Serialize;
use std::time::Instant;

/// In what unit `/proc/PID/stat` counts processor time: `USER_HZ`, 100 on every Linux of today.
const TICKS_A_SECOND: f64 = 100.0;

/// A process that is watched from some moment on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    pid: u32,
    cpu_seconds: f64,
    since: Instant,
}

/// What a process used while it was watched.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Usage {
    /// The process.
    pub pid: u32,
    /// Memory at the end, in bytes.
    pub rss_bytes: u64,
    /// The most since the process began.
    pub most_rss_bytes: u64,
    /// Processor time while it was watched, of all its threads, in seconds.
    pub cpu_seconds: f64,
    /// How many processors that were, over the time.
    pub cores: f64,
}

impl Usage {
    /// Microseconds of processor time for each of so many events.
    #[must_use]
    pub fn cpu_us_per(&self, events: u64) -> f64 {
        if events == 0 {
            return 0.0;
        }
        1e6 / rate(events, self.cpu_seconds)
    }
}

impl Watched {
    pub fn begin(pid: u32) -> anyhow::Result<Self> {
        Ok(Self {
            pid,
            cpu_seconds: cpu_seconds(pid)?,
            since: Instant::now(),
        })
    }

    pub fn end(self) -> anyhow::Result<Usage> {
        let cpu_seconds = cpu_seconds(self.pid)? - self.cpu_seconds;
        let status = read(self.pid, "status")?;
        let bytes = |field: &str| {
            kibibytes(&status, field)
                .map(|kib| kib * 1024)
                .with_context(|| format!("no {field} in /proc/{}/status", self.pid))
        };
        Ok(Usage {
            pid: self.pid,
            rss_bytes: bytes("VmRSS")?,
            most_rss_bytes: bytes("VmHWM")?,
            cpu_seconds,
            cores: cpu_seconds / self.since.elapsed().as_secs_f64().max(0.001),
        })
    }
}

fn read(pid: u32, file: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(format!("/proc/{pid}/{file}"))
        .with_context(|| format!("the process {pid} cannot be watched: no /proc/{pid}/{file}"))
}

/// Time in the process and in the kernel for it: the fields 14 and 15. The second field, the name, may hold
/// anything, also blanks and brackets; nothing behind it may.
fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = read(pid, "stat")?;
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = behind_name.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<f64>().ok());
    let (Some(user), Some(system)) = (ticks(), ticks()) else {
        bail!("/proc/{pid}/stat has another form than expected");
    };
    Ok((user + system) / TICKS_A_SECOND)
}

fn kibibytes(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find(|line| {
        line.strip_prefix(field)
            .is_some_and(|rest| rest.starts_with(':'))
    })?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn a_process_that_works_uses_processor_time_and_memory() {
        let watched = Watched::begin(std::process::id()).unwrap();
        let held = black_box(vec![1u8; 64 << 20]);
        let deadline = Instant::now() + std::time::Duration::from_mins(1);
        while watched.end().unwrap().cpu_seconds < 0.05 {
            black_box((0..1_000_000u64).fold(0, |sum, n| sum ^ black_box(n)));
            assert!(Instant::now() < deadline, "no processor time was counted");
        }
        let usage = watched.end().unwrap();
        assert!(usage.rss_bytes >= held.len() as u64, "{usage:?}");
        assert!(usage.most_rss_bytes >= usage.rss_bytes, "{usage:?}");
        assert!(usage.cpu_us_per(50_000) >= 1.0, "{usage:?}");
    }

    #[test]
    fn a_process_that_is_not_there_is_named() {
        let error = Watched::begin(u32::MAX).unwrap_err();
        assert!(error.to_string().contains("4294967295"), "{error}");
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "VmRSSx:\t 1 kB\nVmRSS:\t  2048 kB\n";
        assert_eq!(kibibytes(status, "VmRSS"), Some(2_048));
        assert_eq!(kibibytes(status, "VmHWM"), None);
    }
}
