//! The weights and the trees as source files of the engine.

use crate::card::Card;
use crate::forest::{Ask, Forest, Node, Tree};
use anyhow::{Context, Result, bail};
use credsieve_engine::card::{CardGroup, Trait};

const HEAD: &str = "//! The weights of the card, in 1/256 nat. Written by `make fit`: not by hand.

use super::{CardGroup, Trait};

#[rustfmt::skip]
pub(super) const TABLE: [[&[i16]; Trait::COUNT]; CardGroup::COUNT] = [
";

const HEAD_OF_TREES: &str =
    "//! The trees of the card, in 1/256 nat. Written by `make fit`: not by hand.

use super::CardGroup;
use super::forest::{Node, ask, leaf};

#[rustfmt::skip]
pub(super) const TREES: [&[&[Node]]; CardGroup::COUNT] = [
";

/// Weights as they will be read again: what is fitted later must not build on more.
pub fn rounded(mut weights: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for weight in weights.iter_mut().flatten() {
        *weight = (*weight * 256.0).round_ties_even() / 256.0;
    }
    weights
}

/// The table of weights, by group, trait and step.
pub fn write(card: &Card) -> String {
    let mut lines = Vec::new();
    for (group, column) in CardGroup::ALL.iter().zip(&card.columns) {
        lines.push(format!("    // {group:?}"));
        lines.push("    [".to_owned());
        for (of, steps) in Trait::ALL.iter().zip(&column.weights) {
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

/// The trees by group, one a line.
pub fn write_trees(card: &Card) -> String {
    let mut lines = Vec::new();
    for (group, column) in CardGroup::ALL.iter().zip(&card.columns) {
        lines.push(format!("    // {group:?}"));
        lines.push("    &[".to_owned());
        for tree in &column.forest.trees {
            let nodes: Vec<String> = tree.nodes.iter().copied().map(write_node).collect();
            lines.push(format!("        &[{}],", nodes.join(", ")));
        }
        lines.push("    ],".to_owned());
    }
    format!("{HEAD_OF_TREES}{}\n];\n", lines.join("\n"))
}

fn write_node(node: Node) -> String {
    let value = node.value;
    match node.ask {
        Some(Ask {
            of,
            most,
            low,
            high,
        }) => format!("ask({of}, {most}, {value}, {low}, {high})"),
        None => format!("leaf({value})"),
    }
}

/// Reads trees that were written: the engine keeps them to itself, and who compares cards needs both.
pub fn read_trees(source: &str) -> Result<Vec<Forest>> {
    let mut forests: Vec<Forest> = Vec::new();
    let mut depth = 0;
    let said = source.split_once("= [").map_or("", |(_, said)| said);
    for line in said
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
    {
        for piece in line.split_inclusive(['[', ']', ')']) {
            match (piece.chars().last(), depth) {
                (Some('['), 0) => forests.push(Forest::default()),
                (Some('['), 1) => forests
                    .last_mut()
                    .context("a tree outside of a group")?
                    .trees
                    .push(Tree { nodes: Vec::new() }),
                (Some(')'), 2) => forests
                    .last_mut()
                    .and_then(|forest| forest.trees.last_mut())
                    .context("a node outside of a tree")?
                    .nodes
                    .push(read_node(piece).with_context(|| format!("no node: `{piece}`"))?),
                _ => {}
            }
            depth += i32::from(piece.ends_with('[')) - i32::from(piece.ends_with(']'));
        }
    }
    Ok(forests)
}

fn read_node(piece: &str) -> Result<Node> {
    let (name, said) = piece.split_once('(').context("without brackets")?;
    let said = said.trim_end_matches(')').split(", ").map(str::parse);
    let said: Vec<i16> = said.collect::<Result<_, _>>()?;
    match (name.trim_start_matches([',', ' ']), said[..].as_ref()) {
        ("leaf", [value]) => Ok(Node {
            ask: None,
            value: *value,
        }),
        ("ask", [of, most, value, low, high]) => Ok(Node {
            ask: Some(Ask {
                of: (*of).try_into()?,
                most: (*most).try_into()?,
                low: (*low).try_into()?,
                high: (*high).try_into()?,
            }),
            value: *value,
        }),
        _ => bail!("neither a question nor a leaf"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Column;

    fn leaf(value: i16) -> Node {
        Node { ask: None, value }
    }

    fn ask(of: u8, most: u8, value: i16, low: u8, high: u8) -> Node {
        let ask = Ask {
            of,
            most,
            low,
            high,
        };
        Node {
            ask: Some(ask),
            value,
        }
    }

    /// A card with one tree in the second group, two in the last, and none elsewhere.
    fn card() -> Card {
        let small = || Tree {
            nodes: vec![ask(3, 5, -10, 1, 2), leaf(-40), leaf(25)],
        };
        let larger = Tree {
            nodes: vec![
                ask(23, 12, 0, 1, 2),
                leaf(-512),
                ask(0, 0, 7, 3, 4),
                leaf(6),
                leaf(512),
            ],
        };
        let mut columns: Vec<Column> = (0..CardGroup::COUNT)
            .map(|_| Column {
                weights: rounded(vec![vec![0.1, -0.001]; Trait::COUNT]),
                forest: Forest::default(),
            })
            .collect();
        columns[1].forest.trees = vec![small()];
        columns[CardGroup::COUNT - 1].forest.trees = vec![larger, small()];
        Card { columns }
    }

    #[test]
    fn trees_that_were_written_are_read_back() {
        let card = card();
        let written: Vec<&Forest> = card.columns.iter().map(|of| &of.forest).collect();
        let read = read_trees(&write_trees(&card)).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), written);
    }

    #[test]
    fn a_tree_is_a_line_of_source() {
        let source = write_trees(&card());
        let lines: Vec<&str> = source.lines().skip(7).take(8).collect();
        let expected = [
            "    // Success",
            "    &[",
            "    ],",
            "    // WrongPassword",
            "    &[",
            "        &[ask(3, 5, -10, 1, 2), leaf(-40), leaf(25)],",
            "    ],",
            "    // UnknownUser",
        ];
        assert_eq!(lines, expected);
        assert!(source.ends_with("    ],\n];\n"));
    }

    #[test]
    fn trees_that_do_not_stand_in_lines_of_their_own_are_read_too() {
        let source =
            "const TREES: [&[&[Node]]; 2] = [\n    &[&[leaf(1)], &[leaf(-2)]],\n    &[],\n];\n";
        let read = read_trees(source).unwrap();
        let values = |forest: &Forest| {
            let trees = forest.trees.iter();
            trees.map(|tree| tree.nodes[0].value).collect::<Vec<_>>()
        };
        assert_eq!(
            read.iter().map(values).collect::<Vec<_>>(),
            [vec![1, -2], vec![]]
        );
    }

    #[test]
    fn a_node_that_is_none_is_an_error() {
        for wrong in ["leaf(1, 2)", "ask(1)", "ask(1, 300, 0, 1, 2)", "leaf(x)"] {
            let source = format!("= [\n    &[&[{wrong}]],\n];\n");
            assert!(read_trees(&source).is_err(), "{wrong}");
        }
    }

    #[test]
    fn weights_are_written_as_they_are_added_up() {
        let source = write(&card());
        assert!(source.contains("/* Excess */ &[26, 0],"), "{source}");
        assert!((card().columns[0].weights[0][0] - 26.0 / 256.0).abs() < 1e-12);
    }
}
