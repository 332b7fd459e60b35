//! The forest: what traits say together and not each by itself, as small trees beside the table.
//!
//! A tree asks for one trait after the other. Each answer moves the log-odds from what is usual before
//! it to what is usual after it, and that step is credited to the trait that was asked: so what a
//! forest says stands in the same reasons as the table.

use super::trees::TREES;
use super::{CardGroup, Marks, Trait};
use std::sync::LazyLock;

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

/// Leaves of a tree at most: a bit each.
pub(super) const LEAVES: usize = 32;
/// Trees that are asked side by side: as many as the registers hold.
const SIDE_BY_SIDE: usize = 16;
/// Times that this is done, at most.
const BLOCKS: usize = 4;
/// Trees of a group at most.
const TREES_AT_MOST: usize = SIDE_BY_SIDE * BLOCKS;

/// The leaves of each tree of a group that are open, a bit each.
type Open = [[u32; SIDE_BY_SIDE]; BLOCKS];
const ALL_OPEN: Open = [[u32::MAX; SIDE_BY_SIDE]; BLOCKS];

/// What is credited to each trait, and zeros up to a whole number of registers.
type Credits = [i16; Trait::COUNT.next_multiple_of(8)];
const NO_CREDITS: Credits = [0; Trait::COUNT.next_multiple_of(8)];

/// The trees of a group, laid out to be asked all at once: no branch depends on an attempt.
///
/// The leaves of a tree are numbered from low to high, and each trait of an attempt rules some of them out:
/// those on the low side of every question that its step answers with high. The lowest leaf that no
/// trait rules out is the one that a walk from question to question comes to (`QuickScorer`: Lucchese
/// et al., SIGIR 2015).
struct Forest {
    /// The leaves that a step leaves open, a row of all trees for each step of each trait.
    open: Vec<Open>,
    /// The row of each trait's first step; 0, where all is open, where no tree asks for the trait.
    rows: [u16; Trait::COUNT],
    /// What each leaf of each tree adds to each trait: the steps of the way to it.
    credits: Vec<[Credits; LEAVES]>,
    /// What is usual of all.
    level: i32,
}

static FORESTS: LazyLock<[Forest; CardGroup::COUNT]> = LazyLock::new(|| TREES.map(Forest::of));

impl Forest {
    fn of(trees: &[&[Node]]) -> Self {
        assert!(trees.len() <= TREES_AT_MOST, "{} trees", trees.len());
        let mut forest = Self {
            open: vec![ALL_OPEN],
            rows: [0; Trait::COUNT],
            credits: vec![[NO_CREDITS; LEAVES]; trees.len()],
            level: trees.iter().map(|tree| i32::from(tree[0].value)).sum(),
        };
        let asked = |of: usize| {
            let mut nodes = trees.iter().flat_map(|tree| tree.iter());
            nodes.any(|node| node.low != 0 && usize::from(node.of) == of)
        };
        for of in (0..Trait::COUNT).filter(|of| asked(*of)) {
            forest.rows[of] = u16::try_from(forest.open.len()).expect("some hundred steps");
            let steps = Trait::ALL[of].steps().len() + 1;
            forest.open.extend(std::iter::repeat_n(ALL_OPEN, steps));
        }
        for (number, tree) in trees.iter().enumerate() {
            forest.lay_out(number, tree, 0, &NO_CREDITS, &mut 0);
        }
        forest
    }

    /// Lays out what is below a node; `leaf` is the number of the next leaf.
    fn lay_out(&mut self, number: usize, tree: &[Node], at: u8, credit: &Credits, leaf: &mut u32) {
        let node = &tree[usize::from(at)];
        if node.low == 0 {
            self.credits[number][*leaf as usize] = *credit;
            *leaf += 1;
            return;
        }
        let of = usize::from(node.of);
        let credit_of = |next: u8| {
            let mut credit = *credit;
            credit[of] += tree[usize::from(next)].value - node.value;
            credit
        };
        let first = *leaf;
        self.lay_out(number, tree, node.low, &credit_of(node.low), leaf);
        let low_side = (1 << *leaf) - (1 << first);
        let rows = usize::from(self.rows[of]);
        let steps = Trait::ALL[of].steps().len();
        for open in &mut self.open[rows + usize::from(node.most) + 1..=rows + steps] {
            open.as_flattened_mut()[number] &= !low_side;
        }
        self.lay_out(number, tree, node.high, &credit_of(node.high), leaf);
    }

    /// What the trees add to each trait of an attempt. By itself, so that whole registers are added up.
    #[inline(never)]
    fn credits(&self, marks: &Marks) -> Credits {
        let mut rows = [&self.open[0]; Trait::COUNT];
        let mut ruling = 0;
        for (first, step) in self.rows.iter().zip(marks.steps()) {
            // No question is answered with high by the first step.
            let rules = *first > 0 && *step > 0;
            let row = if rules { first + u16::from(*step) } else { 0 };
            rows[ruling] = &self.open[usize::from(row)];
            ruling += usize::from(rules);
        }
        let mut open = ALL_OPEN;
        for (block, open) in open.iter_mut().enumerate() {
            let mut left = *open;
            for row in &rows[..ruling] {
                for (left, leaves) in left.iter_mut().zip(&row[block]) {
                    *left &= leaves;
                }
            }
            *open = left;
        }
        let mut sums = NO_CREDITS;
        for (leaves, open) in self.credits.iter().zip(open.as_flattened()) {
            let leaf = open.trailing_zeros() as usize % LEAVES;
            for (sum, credit) in sums.iter_mut().zip(&leaves[leaf]) {
                // A test holds that no sum leaves the range.
                *sum = sum.wrapping_add(*credit);
            }
        }
        sums
    }
}

/// Adds what the trees of a group say of an attempt to the traits that they ask for; answers what
/// they say of all.
pub(super) fn add(group: CardGroup, marks: &Marks, weights: &mut [i32; Trait::COUNT]) -> i32 {
    let forest = &FORESTS[group as usize];
    for (weight, credit) in weights.iter_mut().zip(forest.credits(marks)) {
        *weight += i32::from(credit);
    }
    forest.level
}

/// What the trees of a group say of all.
pub(super) fn level(group: CardGroup) -> i32 {
    FORESTS[group as usize].level
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

    /// From question to question, as it stands at the top of this file.
    fn walk(tree: &[Node], marks: &Marks, weights: &mut [i32; Trait::COUNT]) {
        let mut at = &tree[0];
        while at.low != 0 {
            let of = usize::from(at.of);
            let low = marks.steps()[of] <= at.most;
            let next = &tree[usize::from(if low { at.low } else { at.high })];
            weights[of] += i32::from(next.value) - i32::from(at.value);
            at = next;
        }
    }

    #[test]
    fn asked_all_at_once_the_trees_say_what_a_walk_through_each_says() {
        let mut chance = 1_u64;
        let mut draw = |below: usize| {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(chance >> 33).unwrap() % below
        };
        for _ in 0..2_000 {
            let mut steps = [0; Trait::COUNT];
            for (step, of) in steps.iter_mut().zip(Trait::ALL) {
                *step = u8::try_from(draw(of.steps().len() + 1)).unwrap();
            }
            let marks = Marks::with_steps(steps);
            for group in CardGroup::ALL {
                let (mut at_once, mut walked) = ([0; Trait::COUNT], [0; Trait::COUNT]);
                add(group, &marks, &mut at_once);
                for tree in TREES[group as usize] {
                    walk(tree, &marks, &mut walked);
                }
                assert_eq!(at_once, walked, "{group:?} {steps:?}");
            }
        }
    }

    #[test]
    fn the_trees_fit_their_layout() {
        for (trees, forest) in TREES.iter().zip(FORESTS.iter()) {
            assert!(trees.len() <= TREES_AT_MOST);
            for tree in *trees {
                assert!(tree.iter().filter(|node| node.low == 0).count() <= LEAVES);
            }
            for of in 0..Trait::COUNT {
                let most_of = |leaves: &[Credits; LEAVES]| {
                    let credits = leaves.iter().map(|credit| i32::from(credit[of]).abs());
                    credits.max().unwrap_or(0)
                };
                let most: i32 = forest.credits.iter().map(most_of).sum();
                assert!(most <= i32::from(i16::MAX), "{of}: {most}");
            }
        }
    }
}
