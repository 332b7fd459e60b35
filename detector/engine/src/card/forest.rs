//! The forest: what traits say together and not each by itself, as small trees beside the table.
//!
//! A tree asks for one trait after the other. Each answer moves the log-odds from what is usual before
//! it to what is usual after it, and that step is credited to the trait that was asked: so what a
//! forest says stands in the same reasons as the table.

use super::trees::TREES;
use super::{Group, Marks, Trait};

/// A node of a tree: a question, or a leaf.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The trait that is asked for, by its place on the card.
    of: u8,
    /// Up to this step the answer is low.
    most: u8,
    /// Where it goes on; 0 in a leaf, since nothing leads back to the first node.
    low: u8,
    high: u8,
    /// What is usual of those who come here, in 1/256 nat.
    value: i16,
}

/// A question.
pub(super) const fn ask(of: u8, most: u8, value: i16, low: u8, high: u8) -> Node {
    Node {
        of,
        most,
        low,
        high,
        value,
    }
}

/// A leaf.
pub(super) const fn leaf(value: i16) -> Node {
    ask(0, 0, value, 0, 0)
}

/// Adds what the trees of a group say of an attempt to the traits that they ask for; answers what
/// they say of all.
pub(super) fn add(group: Group, marks: &Marks, weights: &mut [i32; Trait::COUNT]) -> i32 {
    TREES[group as usize]
        .iter()
        .map(|tree| add_tree(tree, marks, weights))
        .sum()
}

fn add_tree(tree: &[Node], marks: &Marks, weights: &mut [i32; Trait::COUNT]) -> i32 {
    let mut at = &tree[0];
    while at.low != 0 {
        let of = usize::from(at.of);
        let next = if marks.steps()[of] <= at.most {
            at.low
        } else {
            at.high
        };
        let next = &tree[usize::from(next)];
        weights[of] += i32::from(next.value) - i32::from(at.value);
        at = next;
    }
    i32::from(tree[0].value)
}

/// What the trees of a group say of all.
pub(super) fn level(group: Group) -> i32 {
    let trees = TREES[group as usize].iter();
    trees.map(|tree| i32::from(tree[0].value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trees() -> impl Iterator<Item = &'static [Node]> {
        TREES.iter().flat_map(|trees| trees.iter().copied())
    }

    #[test]
    fn every_tree_asks_for_traits_that_exist_and_ends() {
        for tree in trees() {
            for (at, node) in tree.iter().enumerate().filter(|(_, node)| node.low != 0) {
                for next in [node.low, node.high].map(usize::from) {
                    assert!(next > at && next < tree.len(), "node {at} leads to {next}");
                }
                let of = Trait::ALL[usize::from(node.of)];
                assert!(usize::from(node.most) < of.steps().len(), "{of:?} {node:?}");
            }
        }
    }
}
