//! The weights as a source file of the engine.

use credsieve_engine::card::{Group, Trait};

const HEAD: &str = "//! The weights of the card, in 1/256 nat. Written by `make fit`: not by hand.

use super::{Group, Trait};

#[rustfmt::skip]
pub(super) const TABLE: [[&[i16]; Trait::COUNT]; Group::COUNT] = [
";

/// The table of weights in nats, by group, trait and step.
pub fn write(weights: &[Vec<Vec<f64>>]) -> String {
    let mut text = String::from(HEAD);
    for (group, weights) in Group::ALL.iter().zip(weights) {
        text.push_str(&format!("    // {group:?}\n    [\n"));
        for (of, steps) in Trait::ALL.iter().zip(weights) {
            let steps: Vec<String> = steps
                .iter()
                .map(|nats| format!("{:.0}", nats * 256.0 + 0.0))
                .collect();
            let steps = steps.join(", ");
            text.push_str(&format!("        /* {of:?} */ &[{steps}],\n"));
        }
        text.push_str("    ],\n");
    }
    text.push_str("];\n");
    text
}
