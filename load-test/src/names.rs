//! Made-up user names: of no real person, and of the same forms whoever tries them.
//!
//! Invariant: number N is the same name always, and two numbers below 2^32 are two names. A name
//! that does not exist in the service is simply one with a number beyond its people.

use crate::rng::hash;
use std::fmt::Write;

/// A name as somebody types it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The name of that number.
    Of(u32),
    /// The name of that number with a slip of the finger, which the bits choose.
    Mistyped(u32, u16),
    /// The name of that number at another mail domain, or with a slip in it where it has one.
    WrongDomain(u32, u16),
    /// The name of that number at a mail domain that is thrown away after use.
    Thrown(u32),
    /// Neighbours in a range of names: the stem of the first number, counted on by the second.
    Walk(u32, u16),
    /// A monitor's account.
    Probe(u8),
}

const FIRST: [&str; 64] = [
    "ada", "alma", "anselm", "arvo", "bela", "bram", "cato", "cleo", "dara", "doran", "edda",
    "elio", "emre", "enno", "fara", "fenja", "gero", "gwen", "hanno", "hedda", "ida", "ilja",
    "imre", "ines", "iva", "jaro", "joris", "juno", "kaja", "kian", "lara", "leif", "lida",
    "lorin", "maja", "marek", "milo", "mira", "nela", "nilo", "nora", "odin", "oona", "orla",
    "pavel", "pia", "quinn", "rafa", "rhea", "rona", "sami", "selma", "silas", "sunna", "tarik",
    "tilda", "timo", "ulla", "vera", "vito", "wanda", "yara", "yves", "zora",
];

const SYLLABLES: [&str; 32] = [
    "bar", "ben", "bro", "cal", "dan", "dor", "fel", "gar", "hal", "hol", "jan", "kas", "kel",
    "kor", "lan", "lem", "lor", "mar", "mel", "mor", "nel", "nor", "pol", "ran", "rik", "sel",
    "sor", "tal", "tor", "val", "ver", "wen",
];

/// Mail domains with how many of 64 names have them.
const DOMAINS: [(&str, u8); 8] = [
    ("example.com", 22),
    ("mail.example", 12),
    ("example.net", 9),
    ("post.example", 7),
    ("example.org", 5),
    ("inbox.example", 4),
    ("web.example", 3),
    ("online.example", 2),
];

/// Domains whose addresses last an hour.
const THROWN: [&str; 4] = [
    "tenminutes.example",
    "burner.example",
    "shortmail.example",
    "nospam.example",
];

impl Name {
    /// Appends the name as it is typed.
    pub fn write(self, out: &mut String) {
        match self {
            Self::Of(number) => {
                write_local(number, last_part(number), out);
                write_domain(number, out);
            }
            Self::Mistyped(number, bits) => {
                let start = out.len();
                Self::Of(number).write(out);
                slip(out, start, bits);
            }
            Self::WrongDomain(number, bits) => {
                let start = out.len();
                Self::Of(number).write(out);
                let Some(at) = out[start..].find('@').map(|at| start + at + 1) else {
                    slip(out, start, bits);
                    return;
                };
                if bits.is_multiple_of(3) {
                    let (domain, _) = DOMAINS[usize::from(bits >> 2) % DOMAINS.len()];
                    out.truncate(at);
                    out.push_str(domain);
                } else {
                    slip(out, at, bits);
                }
            }
            Self::Thrown(number) => {
                write_local(number, last_part(number), out);
                out.push('@');
                out.push_str(THROWN[(number % 4) as usize]);
            }
            Self::Walk(stem, number) => {
                write_local(stem, u32::from(number), out);
                write_domain(stem, out);
            }
            Self::Probe(number) => {
                write!(out, "probe-{number}").expect("a String takes what is written");
            }
        }
    }
}

/// Two neighbouring characters change places, or one is left out. ASCII only, so bytes are characters.
fn slip(out: &mut String, start: usize, bits: u16) {
    let typed = out.len() - start;
    let at = start + 1 + usize::from(bits >> 1) % (typed / 2);
    let left = out.remove(at);
    if bits & 1 == 0 {
        out.insert(at + 1, left);
    }
}

/// Scrambles a number, so that neighbours share nothing; every step can be undone, so that no two
/// numbers meet.
fn scramble(number: u32) -> u32 {
    let mut x = number.wrapping_mul(0x9e37_79b1) ^ 0x5bd1_e995;
    x ^= x >> 15;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^ (x >> 13)
}

/// What is drawn of a name beside its syllables: separator and domain.
fn form(number: u32) -> u64 {
    hash(0x6e61, 0, u64::from(number))
}

/// The number at the end of the name, below 2,048.
#[must_use]
pub fn last_part(number: u32) -> u32 {
    scramble(number) >> 21
}

fn write_local(number: u32, last: u32, out: &mut String) {
    let bits = scramble(number);
    let part = |shift: u32, width: u32| ((bits >> shift) & ((1 << width) - 1)) as usize;
    out.push_str(FIRST[part(0, 6)]);
    out.push_str(match form(number) % 12 {
        0..4 => "",
        4..10 => ".",
        10 => "_",
        _ => "-",
    });
    for shift in [6, 11, 16] {
        out.push_str(SYLLABLES[part(shift, 5)]);
    }
    crate::digits::number(u64::from(last), out);
}

fn write_domain(number: u32, out: &mut String) {
    let [.., kind, which, domain] = form(number).to_le_bytes();
    if kind < 56 {
        return;
    }
    out.push('@');
    if kind < 72 {
        out.push_str("firm");
        crate::digits::number(u64::from(which), out);
        out.push_str(".example");
        return;
    }
    if kind < 75 {
        out.push_str(THROWN[usize::from(which % 4)]);
        return;
    }
    let mut left = domain % 64;
    for (name, weight) in DOMAINS {
        if left < weight {
            out.push_str(name);
            return;
        }
        left -= weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn text(name: Name) -> String {
        let mut out = String::new();
        name.write(&mut out);
        out
    }

    #[test]
    fn no_two_numbers_have_the_same_name() {
        let names: HashSet<String> = (0..50_000).map(|n| text(Name::Of(n))).collect();
        assert_eq!(names.len(), 50_000);
    }

    #[test]
    fn a_walk_stays_in_one_range_of_names() {
        let (first, second) = (text(Name::Walk(3, 41)), text(Name::Walk(3, 42)));
        assert_eq!(first.replace("41", "42"), second);
    }

    #[test]
    fn a_wrong_domain_is_mostly_another_name_with_the_same_beginning() {
        let differ = (0..1_000u32)
            .filter(|number| {
                let (right, typed) = (text(Name::Of(*number)), text(Name::WrongDomain(*number, 7)));
                assert_eq!(right[..2], typed[..2]);
                right != typed
            })
            .count();
        assert!(differ > 850, "{differ}");
    }

    #[test]
    fn a_slip_of_the_finger_is_one_edit_away_and_mostly_another_name() {
        let differ = (0..1_000u16)
            .filter(|bits| {
                let (right, typed) = (text(Name::Of(9)), text(Name::Mistyped(9, *bits)));
                assert!(right.len() - typed.len() <= 1);
                right != typed
            })
            .count();
        assert!(differ > 900, "{differ}");
    }
}
