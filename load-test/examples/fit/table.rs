//! The weights as a source file of the engine.

use credsieve_engine::card::{Group, Trait};

const HEAD: &str = "//! The weights of the card, in 1/256 nat. Written by `make fit`: not by hand.

use super::{Group, Trait};

#[rustfmt::skip]
pub(super) const TABLE: [[&[i16]; Trait::COUNT]; Group::COUNT] = [
";

/// The table of weights in nats, by group, trait and step.
pub fn write(weights: &[Vec<Vec<f64>>]) -> String {
    let mut lines = Vec::new();
    for (group, weights) in Group::ALL.iter().zip(weights) {
        lines.push(format!("    // {group:?}"));
        lines.push("    [".to_owned());
        for (of, steps) in Trait::ALL.iter().zip(weights) {
            let steps: Vec<String> = steps
                .iter()
                .map(|nats| format!("{:.0}", nats * 256.0 + 0.0))
                .collect();
            lines.push(format!("        /* {of:?} */ &[{}],", steps.join(", ")));
        }
        lines.push("    ],".to_owned());
    }
    format!("{HEAD}{}\n];\n", lines.join("\n"))
}
