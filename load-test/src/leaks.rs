//! What gives the attack away: values, and pairs of values, that a part of an attack class carries
//! and hardly anybody else.
//!
//! A detector that is measured on traffic with such a value has learned the generator, not the
//! attack. Two passes over the traffic with bounded memory: the first counts single values, the
//! second the pairs of those that are common in some attack class. A pair of which one value alone
//! is a leak already is not listed again.
//!
//! Two things would drown the list, and are no fault of a generator: where attacks outnumber people,
//! everything is mostly attack; and guesses fail, and come in bursts, so among the failures and in
//! the hours of a burst everything is mostly attack, too. So where attacks are more than half (of the
//! traffic; for a pair, of the events with the value that says what was tried, how it ended or when
//! it came), people count for as much as attacks. And what an attack uses is somewhere: that its few
//! places and tools do not meet in people's events says something only where they would be expected
//! to meet, were both independent.

mod allow;
mod counts;
mod pairs;
mod values;

use crate::labels::{Labels, Truth};
use crate::packed;
use crate::plan::Labelled;
use crate::report::{say, share};
use anyhow::{Context, bail};
use clap::Args;
use counts::{Classes, Counts, LEAST_PEOPLE};
use pairs::Pairs;
use serde::Serialize;
use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use values::{Values, is_circumstance, is_one_of_many};

pub use allow::Allowed;

/// List every value, and pair of values, that gives an attack class away.
#[derive(Args, Clone, Debug)]
pub struct LeaksArgs {
    /// The events, one JSON object a line; without a file, those of the mix and
    /// seed given before `leaks`, the default mix over its days where nothing is given.
    #[arg(long, value_name = "FILE", requires = "labels")]
    pub events: Option<PathBuf>,
    /// Their labels, in the same order.
    #[arg(long, value_name = "FILE", requires = "events")]
    pub labels: Option<PathBuf>,
    /// What may tell an attack because the attack itself is that; the list that comes with the mix where absent.
    #[arg(long, value_name = "FILE")]
    pub allow: Option<PathBuf>,
    /// The share of an attack class, in percent, that must carry a value.
    #[arg(long, value_name = "PERCENT", default_value_t = 3.0)]
    pub carried: f64,
    /// The share of a value's events, in percent, that must be attacks.
    #[arg(long, value_name = "PERCENT", default_value_t = 98.0)]
    pub attacks: f64,
    /// How many events a value must have.
    #[arg(long, value_name = "EVENTS", default_value_t = 50)]
    pub least: u64,
    /// One JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// The allow list of the default mix.
const ALLOW: &str = include_str!("../leaks.toml");

/// An event with what a leak needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The event, one line of native JSON.
    pub event: &'a [u8],
    /// Is it part of an attack?
    pub attack: bool,
    /// Can no log tell? Then it counts nowhere.
    pub undecidable: bool,
    /// Its class.
    pub class: &'a str,
}

/// Takes an event.
pub type Each<'a> = &'a mut dyn FnMut(Told) -> anyhow::Result<()>;

/// Gives each event of the traffic; must give the same ones each time.
pub type Pass<'a> = &'a mut dyn FnMut(Each) -> anyhow::Result<()>;

/// Takes an event of a mix.
pub type EachMade<'a> = &'a mut dyn FnMut(&Labelled) -> anyhow::Result<()>;

/// Gives each event of a mix; must give the same ones each time.
pub type MixPass<'a> = &'a mut dyn FnMut(EachMade) -> anyhow::Result<()>;

/// From what on something is a leak.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The share of a class that carries it.
    pub carried: f64,
    /// The share of its events that are attacks.
    pub attacks: f64,
    /// The number of its events.
    pub least: u64,
}

/// A value, or a pair, that gives a class away.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Leak {
    /// The attack class.
    pub class: String,
    /// The value, or both.
    pub values: Vec<String>,
    /// The share of the class that carries it.
    pub carried: f64,
    /// Events that carry it, of all classes.
    pub events: u64,
    /// The share of them that are attacks.
    pub attacks: f64,
    /// Why it may be so, where it may.
    pub allowed: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Leaks {
    /// Events in all, without those that no log can tell.
    pub events: u64,
    /// Of them attacks.
    pub attacks: u64,
    /// Events that no log can tell, which count nowhere.
    pub undecidable: u64,
    /// By class, the most telling first; those that may not be before those that may.
    pub leaks: Vec<Leak>,
    /// Rare values or tokens that were forgotten to bound memory.
    pub dropped: u64,
}

impl Leaks {
    /// Those that no entry allows.
    pub fn open(&self) -> impl Iterator<Item = &Leak> {
        self.leaks.iter().filter(|leak| leak.allowed.is_none())
    }
}

/// `credsieve load-test leaks`; `mix` gives the traffic where no file is named.
///
/// # Errors
/// When a file cannot be read, and when something leaks that nothing allows.
pub fn run_leaks(args: &LeaksArgs, mix: MixPass) -> anyhow::Result<()> {
    let allowed = match &args.allow {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.with_context(|| format!("cannot read {}", path.display()))?;
            Allowed::parse(&text, &path.display().to_string())?
        }
        None => allowed_in_the_default_mix(),
    };
    let limits = Limits {
        carried: args.carried / 100.0,
        attacks: args.attacks / 100.0,
        least: args.least,
    };
    let found = match (&args.events, &args.labels) {
        (Some(events), Some(labels)) => {
            find(limits, &allowed, &mut |each| files(events, labels, each))?
        }
        _ => find(limits, &allowed, &mut |each| {
            mix(&mut |made| each(made.into()))
        })?,
    };
    if args.json {
        say(&(serde_json::to_string(&found)? + "\n"))?;
    } else {
        say(&found.to_string())?;
    }
    match found.open().count() {
        0 => Ok(()),
        count => bail!("{count} values or pairs give an attack away"),
    }
}

impl<'a> From<&'a Labelled> for Told<'a> {
    fn from(made: &'a Labelled) -> Self {
        Self {
            event: made.event_json.as_bytes(),
            attack: made.attack,
            undecidable: made.undecidable,
            class: made.class,
        }
    }
}

/// What may tell an attack in the mix that comes with credsieve.
///
/// # Panics
/// Never: a test reads the list.
#[must_use]
pub fn allowed_in_the_default_mix() -> Allowed {
    Allowed::parse(ALLOW, "leaks.toml").expect("a test reads the list")
}

/// How far labels may run ahead of their events, or behind.
const APART: usize = 1 << 20;

/// Events of one file with the labels of another.
fn files(events: &Path, labels: &Path, each: Each) -> anyhow::Result<()> {
    #[derive(serde::Deserialize)]
    struct Id<'a> {
        #[serde(borrow)]
        event_id: std::borrow::Cow<'a, str>,
    }
    let mut labels = Labels::open(packed::open(labels)?, &labels.display().to_string())?;
    let mut waiting: HashMap<String, Truth> = HashMap::new();
    let mut lines = packed::open(events)?;
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        let place = || format!("{}, line {number}", events.display());
        if lines.read_until(b'\n', &mut line).with_context(place)? == 0 {
            return Ok(());
        }
        let event = line.trim_ascii();
        if event.is_empty() {
            continue;
        }
        let Id { event_id } = serde_json::from_slice(event).with_context(place)?;
        let mut found = waiting.remove(&*event_id);
        while found.is_none() {
            let Some(truth) = labels.next().transpose()? else {
                bail!("{}: the event has no label", place());
            };
            if truth.event_id == *event_id {
                found = Some(truth);
            } else if waiting.len() < APART {
                waiting.insert(truth.event_id.clone(), truth);
            } else {
                bail!("{}: labels and events are not in the same order", place());
            }
        }
        let truth = found.expect("the loop ends with one");
        each(Told {
            event,
            attack: truth.attack,
            undecidable: truth.undecidable,
            class: &truth.class,
        })
        .with_context(place)?;
    }
}

/// The most single values counted at a time, and the most of which pairs are counted.
const MOST_VALUES: usize = 1 << 18;
const MOST_COMMON: usize = 1_500;

/// Finds what gives the attack classes of the traffic away.
///
/// # Errors
/// Those of the traffic, and when a line of it is no event.
pub fn find(limits: Limits, allowed: &Allowed, pass: Pass) -> anyhow::Result<Leaks> {
    let mut found = Leaks::default();
    let (mut classes, mut all) = (Classes::default(), Counts::default());
    let common = common_values(limits, pass, &mut found, &mut classes, &mut all)?;
    found.events = all.events();
    found.attacks = all.attacks();

    let mut list = |parts: &[usize], counts: &Counts| {
        for class in counts.carriers(&all, limits.carried) {
            let values: Vec<&str> = parts.iter().map(|part| &*common[*part].0).collect();
            let name = classes.name(class);
            found.leaks.push(Leak {
                class: name.to_owned(),
                carried: share(counts.of(class), all.of(class)),
                events: counts.events(),
                attacks: share(counts.attacks(), counts.events()),
                allowed: allowed.because(name, &values).map(str::to_owned),
                values: values.into_iter().map(str::to_owned).collect(),
            });
        }
    };
    for (index, (_, counts)) in common.iter().enumerate() {
        if counts.tells(&all, limits) {
            list(&[index], counts);
        }
    }
    let pairs = Pairs::count(&common, &all, limits, &classes, pass)?;
    pairs.each(|[a, b], counts| {
        let [first, second] = [a, b].map(|number| &common[number]);
        let those = match [first, second].map(|(value, _)| is_circumstance(value)) {
            [false, false] => &all,
            [true, false] => &first.1,
            [false, true] => &second.1,
            [true, true] => return,
        };
        let rare = [first, second]
            .iter()
            .any(|(value, _)| is_one_of_many(value));
        if rare && share(first.1.people * second.1.people, all.people) < LEAST_PEOPLE {
            return;
        }
        if counts.tells(those, limits) {
            list(&[a, b], counts);
        }
    });
    found.leaks.sort_by(|a, b| {
        let order = |leak: &Leak| {
            (
                leak.allowed.is_some(),
                leak.class.clone(),
                leak.values.len(),
            )
        };
        order(a)
            .cmp(&order(b))
            .then(b.carried.total_cmp(&a.carried))
            .then_with(|| a.values.cmp(&b.values))
    });
    Ok(found)
}

/// The values that are common in some attack class, with their counts: a pair is no more common than
/// its parts. Also counts the events by class.
fn common_values(
    limits: Limits,
    pass: Pass,
    found: &mut Leaks,
    classes: &mut Classes,
    all: &mut Counts,
) -> anyhow::Result<Vec<(String, Counts)>> {
    let mut singles: HashMap<String, Counts> = HashMap::new();
    let mut values = Values::default();
    pass(&mut |told| {
        if told.undecidable {
            found.undecidable += 1;
            return Ok(());
        }
        let class = classes.number(&told);
        all.count(class);
        for value in values.of(told.event)? {
            if let Some(counts) = singles.get_mut(value) {
                counts.count(class);
                continue;
            }
            if singles.len() >= MOST_VALUES {
                found.dropped += forget_rare(&mut singles);
            }
            singles.entry(value.clone()).or_default().count(class);
        }
        Ok(())
    })?;
    found.dropped += values.untracked();
    singles.retain(|_, counts| counts.carriers(all, limits.carried).next().is_some());
    let mut common: Vec<(String, Counts)> = singles.into_iter().collect();
    if common.len() > MOST_COMMON {
        found.dropped += (common.len() - MOST_COMMON) as u64;
        common.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.events()));
        common.truncate(MOST_COMMON);
    }
    common.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(common)
}

/// Forgets the half of the values that was seen least, and says how many those are.
fn forget_rare(singles: &mut HashMap<String, Counts>) -> u64 {
    let mut counts: Vec<u64> = singles.values().map(Counts::events).collect();
    let half = counts.len() / 2;
    let (_, median, _) = counts.select_nth_unstable(half);
    let (median, before) = (*median, singles.len());
    singles.retain(|_, counts| counts.events() > median);
    (before - singles.len()) as u64
}

#[cfg(test)]
#[path = "leaks_tests.rs"]
mod tests;
