//! The shape of a name: what can be said of it without knowing whose it is.
//!
//! Somebody who tries names has them from somewhere: a list of another service's users has other
//! domains and forms than the people here, a walk goes through neighbours (D18), and a person who
//! forgot which name it was tries names of kin.

use credsieve_models::KeyHasher;
use credsieve_models::key::Domain;
use serde::{Deserialize, Serialize};

/// A name with fewer letters has no kin: too many are alike.
const FEWEST_LETTERS: u32 = 3;
/// Digits at the end of a number that neighbours differ in.
const WALKED: usize = 3;

/// What a name looks like. 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Keyed hash of the mail domain.
    pub domain: u64,
    /// Which kinds of characters it has, and about how many.
    pub form: u64,
    /// Keyed hash of what names of kin have in common.
    pub kin: u64,
}

impl Shape {
    /// The shape of a normalised name.
    #[must_use]
    pub fn of(name: &str, hasher: &KeyHasher) -> Self {
        let (local, domain) = match name.rsplit_once('@') {
            Some((local, domain)) => (local, Some(domain)),
            None => (name, None),
        };
        let keyed = |kind: &[u8], bytes: &[u8]| hasher.hash64(Domain::Name, &[kind, bytes]);
        Self {
            domain: domain.map_or(0, |domain| keyed(b"domain", domain.as_bytes())),
            form: form(local, domain.is_some()),
            kin: kin(local).map_or(0, |kin| keyed(b"kin", &kin)),
        }
    }
}

/// Separators, digits and length, each in a few steps.
fn form(local: &str, mail: bool) -> u64 {
    let count = |is: fn(u8) -> bool| local.bytes().filter(|byte| is(*byte)).count();
    let digits = local.bytes().rev().take_while(u8::is_ascii_digit).count();
    let inner = count(|byte| byte.is_ascii_digit()) > digits;
    let letters = local.bytes().any(|byte| !byte.is_ascii_digit());
    let length = local.len().min(24) / 3;
    let separators = [b'.', b'_', b'-', b'+'];
    let separated = separators.iter().fold(0, |bits, separator| {
        bits << 1 | u64::from(local.as_bytes().contains(separator))
    });
    let steps = [
        (u64::from(mail), 2),
        (separated, 16),
        (digits.min(5) as u64, 6),
        (u64::from(inner), 2),
        (u64::from(letters), 2),
        (length as u64, 9),
    ];
    1 + steps.iter().fold(0, |form, (step, of)| form * of + step)
}

/// Names of kin have the same consonants, however often and in whichever order; numbers begin alike.
fn kin(local: &str) -> Option<Vec<u8>> {
    let consonants = local
        .chars()
        .filter(|letter| letter.is_alphabetic() && !"aeiouy".contains(*letter))
        .fold(0_u64, |set, letter| set | 1 << (u32::from(letter) % 64));
    if consonants.count_ones() >= FEWEST_LETTERS {
        return Some(consonants.to_le_bytes().to_vec());
    }
    let number = local.len() > 2 * WALKED && local.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| local.as_bytes()[..local.len() - WALKED].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::HashSeed;

    fn shape(name: &str) -> Shape {
        Shape::of(name, &KeyHasher::new(HashSeed::REPLAY))
    }

    #[test]
    fn names_of_one_person_and_neighbours_in_a_walk_are_kin() {
        for (a, b) in [
            ("anna.kowalska@example.com", "annakowalska@example.org"),
            ("anna.kowalska", "a.kowalskan84"),
            ("jonh.smith", "john.smith"),
            ("member0001", "member0002"),
            ("48600100200", "48600100317"),
        ] {
            assert_eq!(shape(a).kin, shape(b).kin, "{a} {b}");
            assert_ne!(shape(a).kin, 0);
        }
    }

    #[test]
    fn other_names_are_none_and_short_ones_have_none() {
        assert_ne!(shape("anna.kowalska").kin, shape("peter.miller").kin);
        assert_ne!(shape("48600100200").kin, shape("48600200200").kin);
        for short in ["ana", "eve", "12345", "", "@", "é"] {
            assert_eq!(shape(short).kin, 0, "{short}");
        }
    }

    #[test]
    fn a_form_tells_kinds_of_characters_and_not_whose_name_it_is() {
        assert_eq!(
            shape("anna.kowal@a.example").form,
            shape("olga.nowak@b.example").form
        );
        for other in [
            "anna_kowal@a.example",
            "anna.kowal",
            "anna.kowal7@a.example",
            "k.k@a.example",
        ] {
            assert_ne!(
                shape("anna.kowal@a.example").form,
                shape(other).form,
                "{other}"
            );
        }
        assert_ne!(
            shape("anna@a.example").domain,
            shape("anna@b.example").domain
        );
        assert_eq!(shape("anna").domain, 0);
    }
}
