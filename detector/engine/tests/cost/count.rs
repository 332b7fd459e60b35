//! Counting: a case runs twice, here for its allocations and under valgrind for its instructions.
//!
//! Of a case its parts alone are counted, not what prepares them: callgrind begins to collect where
//! [`counted_part`] is entered, and writes down what it has where that is left.

use allocation_counter::AllocationInfo;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// Names the case to the process under valgrind.
pub const CASE: &str = "CREDSIEVE_COST_CASE";

/// Something to count: it prepares, then hands each of its parts to the meter.
pub struct Case {
    pub name: &'static str,
    pub run: fn(&mut Meter),
}

/// What parts of a case cost.
#[derive(Default)]
pub struct Meter {
    allocated: Vec<AllocationInfo>,
}

impl Meter {
    /// Counts a part.
    pub fn part(&mut self, mut work: impl FnMut()) {
        let allocated = allocation_counter::measure(|| counted_part(&mut work));
        self.allocated.push(allocated);
    }
}

/// Callgrind knows it by its name, so it must stay a function.
#[inline(never)]
fn counted_part(work: &mut dyn FnMut()) {
    work();
    // Else the call would be the last thing done, and a jump.
    std::hint::black_box(());
}

/// What a part cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// `None` where valgrind is not installed.
    pub instructions: Option<u64>,
    pub allocations: u64,
    /// Bytes that were allocated and not given back.
    pub kept_bytes: i64,
}

/// What each part of a case costs.
pub fn count(case: &Case) -> Vec<Cost> {
    let mut meter = Meter::default();
    (case.run)(&mut meter);
    let instructions = instructions(case.name, meter.allocated.len());
    let costs = meter
        .allocated
        .iter()
        .enumerate()
        .map(|(n, allocated)| Cost {
            instructions: instructions.as_ref().map(|counts| counts[n]),
            allocations: allocated.count_total,
            kept_bytes: allocated.bytes_current,
        });
    costs.collect()
}

/// The instructions of each part; `None` where there is no valgrind.
fn instructions(case: &str, parts: usize) -> Option<Vec<u64>> {
    let folder = tempfile::tempdir().expect("a folder for the counts");
    let out = folder.path().join("counts");
    let valgrind = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*::counted_part"])
        .args(["--collect-atstart=no", "--dump-after=*counted_part"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().expect("the test is a file"))
        .args(["--exact", "the_case_that_valgrind_counts"])
        .args(["--ignored", "--test-threads=1"])
        .env(CASE, case)
        .stdin(Stdio::null())
        .output();
    let ended = match valgrind {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("skipped: instructions of {case:?} (valgrind is not installed)");
            return None;
        }
        ended => ended.expect("valgrind starts"),
    };
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "valgrind ended badly: {said}");
    let counts = (1..=parts).map(|part| total(&out.with_extension(part.to_string())));
    Some(counts.collect())
}

/// The total of a file of callgrind's.
fn total(file: &Path) -> u64 {
    let text = std::fs::read_to_string(file).expect("callgrind wrote a file for each part");
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = totals.and_then(|totals| totals.trim().parse().ok());
    total.filter(|total| *total > 0).expect("a count")
}
