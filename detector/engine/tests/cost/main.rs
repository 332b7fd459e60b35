//! What an attempt costs, counted in instructions and allocations. No clock is read: what else the
//! machine does changes no count.
//!
//! - [`hostile`]: traffic made to be dear, held against ordinary traffic of the same length;
//! - [`bytes`]: records made to be dear to read, held against an ordinary one, byte by byte;
//! - [`steps`]: each step of ordinary traffic, held against what it cost before (`steps.toml`).
//!
//! Instructions are counted by valgrind ([`count`]); where it is not installed the tests say so and
//! hold the allocations alone. `CREDSIEVE_COST_ATTEMPTS` sets how many attempts a case has.

mod bytes;
mod count;
mod hostile;
mod ordinary;
mod steps;
#[path = "../../benches/stages/traffic.rs"]
mod traffic;

use count::{Case, Meter};

/// Every case that can be counted, by its name.
fn cases() -> impl Iterator<Item = &'static Case> {
    hostile::CASES
        .iter()
        .chain(bytes::CASES)
        .chain(steps::CASES)
}

#[test]
#[ignore = "the other tests run it under valgrind"]
fn the_case_that_valgrind_counts() {
    let Ok(name) = std::env::var(count::CASE) else {
        return;
    };
    let case = cases().find(|case| case.name == name).expect("a case");
    (case.run)(&mut Meter::default());
}
