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

impl Name {
    /// Appends the name as it is typed.
    pub fn write(self, out: &mut String) {
        match self {
            Self::Of(number) => write_name(number, out),
            Self::Mistyped(number, bits) => {
                let start = out.len();
                write_name(number, out);
                slip(out, start, bits);
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

fn write_name(number: u32, out: &mut String) {
    const DOMAINS: [&str; 5] = [
        "example.com",
        "example.net",
        "example.org",
        "mail.example",
        "post.example",
    ];
    let bits = scramble(number);
    let part = |shift: u32, width: u32| (bits >> shift) & ((1 << width) - 1);
    let syllable = |shift| SYLLABLES[part(shift, 5) as usize];
    let form = hash(0x6e61, 0, u64::from(number));
    out.push_str(FIRST[part(0, 6) as usize]);
    if !form.is_multiple_of(3) {
        out.push('.');
    }
    for shift in [6, 11, 16] {
        out.push_str(syllable(shift));
    }
    write!(out, "{}", part(21, 11)).expect("a String takes what is written");
    if !form.is_multiple_of(4) {
        out.push('@');
        out.push_str(DOMAINS[usize::from(form.to_le_bytes()[4]) % DOMAINS.len()]);
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
