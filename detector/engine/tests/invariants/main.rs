//! The invariants of the design, each as a property over arbitrary logs and schedules, with an
//! attacker in the loop where one has something to win.

mod attackers;
mod determinism;
mod laws;
mod memory;
mod times;
mod town;
mod world;
