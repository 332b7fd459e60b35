//! How one tree grows: where it gains most, leaf by leaf.
//!
//! Every open leaf keeps, for each trait and step, how its rows pull at the log-odds. So the best
//! question is found without looking at rows, and of two new leaves the larger one's sums are those of
//! the parent without the smaller one's. Nothing here depends on chance or on the number of threads:
//! sums are taken in the order of rows, and of equal gains the first counts.

use crate::forest::{Ask, Node, Tree};
use crate::rows::Row;
use credsieve_engine::card::{Slope, Trait};
use std::ops::{AddAssign, Range, SubAssign};

/// The most leaves of a tree.
pub const LEAVES: usize = 32;
/// What part of what is left over a tree takes.
const RATE: f64 = 0.15;
/// As if so much had been seen that says neither.
const PRIOR: f64 = 10.0;
/// The most that a tree may say, in nats.
const MOST: f64 = 2.0;
/// A leaf of fewer rows, or of rows that are certain already, would learn accidents.
const LEAST_ROWS: u32 = 100;
const LEAST_SURE: f64 = 1e-3;
/// Less is what rounding leaves.
const LEAST_GAIN: f64 = 1e-6;

/// Room for the steps of a trait.
const STEPS: usize = 32;

/// How rows pull at the log-odds together, how sure that is, and how many they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    pub pull: f64,
    pub sure: f64,
    pub rows: u32,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.pull += other.pull;
        self.sure += other.sure;
        self.rows += other.rows;
    }
}

impl SubAssign for Sum {
    fn sub_assign(&mut self, other: Self) {
        self.pull -= other.pull;
        self.sure -= other.sure;
        self.rows -= other.rows;
    }
}

impl Sum {
    fn without(mut self, other: Self) -> Self {
        self -= other;
        self
    }

    fn is_enough(self) -> bool {
        self.rows >= LEAST_ROWS && self.sure >= LEAST_SURE
    }

    /// Where one step of Newton's method would move these rows, before the rate.
    fn target(self, bounds: Bounds) -> f64 {
        (self.pull / (self.sure + PRIOR)).clamp(bounds.least, bounds.most)
    }

    /// What moving them there gains.
    fn gain(self, target: f64) -> f64 {
        2.0 * self.pull * target - (self.sure + PRIOR) * target * target
    }
}

/// Between which values a leaf stays, so that no question above it runs against its slope.
#[derive(Clone, Copy)]
struct Bounds {
    least: f64,
    most: f64,
}

/// How a trait must run in trees. Bursts are free: those of an address book or of a forgotten password
/// lie between one try and a thousand, and the table has risen with them already.
pub fn slope(of: Trait) -> Slope {
    match of {
        Trait::UsersNow
        | Trait::UsersToday
        | Trait::NearUsers
        | Trait::WideUsers
        | Trait::Failures
        | Trait::FailuresToday => Slope::None,
        _ => of.slope(),
    }
}

/// Sums by trait and step.
type Sums = Vec<[Sum; STEPS]>;

struct Split {
    gain: f64,
    of: Trait,
    most: u8,
    low: Bounds,
    high: Bounds,
}

/// A leaf that may still be split.
struct Open {
    node: usize,
    /// Its part of the order.
    part: Range<usize>,
    sums: Sums,
    best: Option<Split>,
}

struct Growing<'a> {
    rows: &'a [Row],
    pulls: &'a [Sum],
    /// Rows by leaf.
    order: Vec<u32>,
    nodes: Vec<Node>,
}

/// Grows a tree on how rows pull.
pub fn grow(rows: &[Row], pulls: &[Sum]) -> Tree {
    let mut growing = Growing {
        rows,
        pulls,
        order: (0..).take(rows.len()).collect(),
        nodes: Vec::with_capacity(2 * LEAVES),
    };
    let most = MOST / RATE;
    let sums = growing.sums(0..rows.len());
    let anywhere = Bounds { least: -most, most };
    let mut open = vec![growing.open(0..rows.len(), sums, anywhere)];
    while open.len() < LEAVES {
        let Some(at) = most_gain(&open) else { break };
        let (low, high) = growing.split(open.swap_remove(at));
        open.extend([low, high]);
    }
    Tree {
        nodes: growing.nodes,
    }
}

/// The leaf whose split gains most; of equals the first of the tree.
fn most_gain(open: &[Open]) -> Option<usize> {
    let gain = |at: usize| open[at].best.as_ref().map(|split| split.gain);
    (0..open.len())
        .filter(|at| gain(*at).is_some())
        .max_by(|a, b| {
            let first = || open[*b].node.cmp(&open[*a].node);
            f64::total_cmp(&gain(*a).unwrap_or(0.0), &gain(*b).unwrap_or(0.0)).then_with(first)
        })
}

impl Growing<'_> {
    fn sums(&self, part: Range<usize>) -> Sums {
        let mut sums = vec![[Sum::default(); STEPS]; Trait::COUNT];
        for at in &self.order[part] {
            let (row, pull) = (&self.rows[*at as usize], self.pulls[*at as usize]);
            for (sums, step) in sums.iter_mut().zip(row.steps) {
                sums[usize::from(step) % STEPS] += pull;
            }
        }
        sums
    }

    /// Adds a leaf to the tree.
    fn open(&mut self, part: Range<usize>, sums: Sums, bounds: Bounds) -> Open {
        let whole = whole(&sums);
        let node = self.nodes.len();
        #[expect(clippy::cast_possible_truncation, reason = "at most 512")]
        let value = (RATE * whole.target(bounds) * 256.0).round() as i16;
        self.nodes.push(Node { ask: None, value });
        Open {
            node,
            part,
            best: best(&sums, whole, bounds),
            sums,
        }
    }

    /// Makes a question of a leaf that has one.
    fn split(&mut self, leaf: Open) -> (Open, Open) {
        let split = leaf.best.expect("it was chosen for its gain");
        let middle = leaf.part.start + self.part(leaf.part.clone(), split.of, split.most);
        let (low, high) = (leaf.part.start..middle, middle..leaf.part.end);
        let low_is_smaller = low.len() <= high.len();
        let smaller = if low_is_smaller { &low } else { &high };
        let (mut low_sums, mut high_sums) = (self.sums(smaller.clone()), leaf.sums);
        for (all, smaller) in high_sums
            .iter_mut()
            .flatten()
            .zip(low_sums.iter().flatten())
        {
            *all -= *smaller;
        }
        if !low_is_smaller {
            std::mem::swap(&mut low_sums, &mut high_sums);
        }
        let low = self.open(low, low_sums, split.low);
        let high = self.open(high, high_sums, split.high);
        let byte = |number: usize| u8::try_from(number).expect("trees and cards are small");
        self.nodes[leaf.node].ask = Some(Ask {
            of: byte(split.of as usize),
            most: split.most,
            low: byte(low.node),
            high: byte(high.node),
        });
        (low, high)
    }

    /// Puts rows whose step is low before the others, each in their order; answers how many they are.
    fn part(&mut self, part: Range<usize>, of: Trait, most: u8) -> usize {
        let rows = self.rows;
        let part = &mut self.order[part];
        let is_low = |at: &u32| rows[*at as usize].steps[of as usize] <= most;
        let (low, high): (Vec<u32>, Vec<u32>) = part.iter().partition(|at| is_low(at));
        part[..low.len()].copy_from_slice(&low);
        part[low.len()..].copy_from_slice(&high);
        low.len()
    }
}

/// All rows of a leaf: each is in one step of the first trait.
fn whole(sums: &Sums) -> Sum {
    let mut whole = Sum::default();
    for sum in sums[0] {
        whole += sum;
    }
    whole
}

/// The question that gains most.
fn best(sums: &Sums, whole: Sum, bounds: Bounds) -> Option<Split> {
    let now = whole.gain(whole.target(bounds));
    let mut best: Option<Split> = None;
    for (of, sums) in Trait::ALL.iter().zip(sums) {
        let mut low = Sum::default();
        for (most, sum) in (0..).zip(&sums[..of.steps().len()]) {
            low += *sum;
            let Some((gain, bounds)) = gain(slope(*of), low, whole.without(low), bounds) else {
                continue;
            };
            let gain = gain - now;
            if gain > best.as_ref().map_or(LEAST_GAIN, |best| best.gain) {
                best = Some(Split {
                    gain,
                    of: *of,
                    most,
                    low: bounds.0,
                    high: bounds.1,
                });
            }
        }
    }
    best
}

/// What two leaves gain, and their bounds: each stays on its side of the middle, where a slope asks for it.
fn gain(slope: Slope, low: Sum, high: Sum, bounds: Bounds) -> Option<(f64, (Bounds, Bounds))> {
    if !low.is_enough() || !high.is_enough() {
        return None;
    }
    let (to_low, to_high) = (low.target(bounds), high.target(bounds));
    let middle = f64::midpoint(to_low, to_high);
    let (below, above) = (
        Bounds {
            most: middle,
            ..bounds
        },
        Bounds {
            least: middle,
            ..bounds
        },
    );
    let children = match slope {
        Slope::None => (bounds, bounds),
        Slope::Rising if to_low <= to_high => (below, above),
        Slope::Falling if to_low >= to_high => (above, below),
        Slope::Rising | Slope::Falling => return None,
    };
    Some((low.gain(to_low) + high.gain(to_high), children))
}
