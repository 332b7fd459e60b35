//! User names: one spelling, and the cold set of names that attackers try first.
//!
//! Two spellings of a name that an auth service would take for the same account must be the same
//! user here, or a thief resets every counter with a full-width letter.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;
use probabilistic_collections::SipHasherBuilder;
use probabilistic_collections::bloom::BloomFilter;
use std::borrow::Cow;

/// The most bytes of a name that are compared, which is as long as a mail address can be, so no real
/// name is cut; and the most characters that are looked at for them. NFKC makes eighteen letters of
/// some, and a record of a few hundred bytes would cost as much as forty attempts.
const MOST: usize = 320;

/// The name as it is compared: trimmed, cut, NFKC, case-folded. Empty where nothing is left.
///
/// Whoever logs in writes the name, so none is refused: an auth service that trims or cuts it would
/// let in whom nobody counted. What is trimmed is all that some language's own `trim` takes away.
/// The common case, lower-case ASCII without white space around it, is borrowed and costs one pass.
#[must_use]
pub fn normalise(name: &str) -> Cow<'_, str> {
    let trimmed = beginning(trim(name));
    if trimmed.is_ascii() {
        return if trimmed.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(trimmed.to_ascii_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        };
    }
    let nfkc = ComposingNormalizer::new_nfkc();
    let casemap = CaseMapper::new();
    // Folding can undo composition and composition can yield letters that fold again; the second
    // round reaches the fixed point (the property test below holds it to that).
    let mut folded: String = cut(nfkc.normalize_iter(trimmed.chars()));
    for _ in 0..2 {
        folded = nfkc.normalize(&casemap.fold_string(&folded)).into_owned();
    }
    let kept = trim(&folded);
    let kept = trim(&kept[..kept.floor_char_boundary(MOST)]);
    Cow::Owned(kept.to_owned())
}

/// The first so many characters, of which no name that is compared whole has more.
fn cut(characters: impl Iterator<Item = char>) -> String {
    characters.take(MOST).collect()
}

/// As much of a trimmed name as is looked at.
fn beginning(name: &str) -> &str {
    if name.len() <= MOST {
        return name;
    }
    let end = name
        .char_indices()
        .nth(MOST)
        .map_or(name.len(), |(at, _)| at);
    trim(&name[..end])
}

/// Without white space, control characters and byte order marks around it.
pub(crate) fn trim(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

/// A cold, read-only membership set of names (a dictionary, a breach list) in a Bloom filter.
///
/// Answers "maybe listed" for a stranger with a chance of about one in a thousand (the filter's
/// false positives), and never "not listed" for a listed name. It only ever adds one small weight,
/// so its error costs an honest user at most that weight. A Bloom filter rather than a cuckoo
/// filter: the latter relocates entries at random, and the same log must give the same verdicts.
pub struct NameSet {
    filter: BloomFilter<String, SipHasherBuilder>,
    names: usize,
}

impl std::fmt::Debug for NameSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NameSet({} names)", self.names)
    }
}

impl NameSet {
    /// The set of the names in `text`: one a line, `#` starts a comment, blank lines are skipped.
    ///
    /// The filter is seeded from `seed`, since who may choose names may look for collisions.
    #[must_use]
    pub fn parse(text: &str, seed: &crate::HashSeed) -> Self {
        let names: Vec<Cow<str>> = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default())
            .map(normalise)
            .filter(|name| !name.is_empty())
            .collect();
        let (a, b) = seed.halves();
        let mut filter = BloomFilter::with_hashers(
            names.len().max(8),
            0.001,
            [
                SipHasherBuilder::from_seed(a, b),
                SipHasherBuilder::from_seed(b, a),
            ],
        );
        for name in &names {
            filter.insert(name.as_ref());
        }
        Self {
            filter,
            names: names.len(),
        }
    }

    /// Whether a normalised name is (probably) in the set.
    #[must_use]
    pub fn contains(&self, normalised: &str) -> bool {
        self.names > 0 && self.filter.contains(normalised)
    }

    /// How many names the set was made from.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names
    }

    /// Whether the set has no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_are_one_name() {
        for (given, kept) in [
            ("  Alice ", "alice"),
            ("ＡＬＩＣＥ", "alice"),
            ("Straße", "strasse"),
            ("\u{a0}bob\u{a0}", "bob"),
            ("ﬁsh", "fish"),
            ("   ", ""),
            ("alice\0", "alice"),
            ("\u{1}\u{feff}alice\u{1f}\r\n", "alice"),
        ] {
            assert_eq!(normalise(given), kept);
        }
    }

    #[test]
    fn listed_names_are_always_found_and_strangers_rarely() {
        let listed: Vec<String> = (0..5_000).map(|i| format!("name{i}")).collect();
        let text = format!("# a dictionary\n{}\n\n", listed.join("\n"));
        let set = NameSet::parse(&text, &crate::HashSeed::REPLAY);
        assert!(listed.iter().all(|name| set.contains(name)));
        let wrong = (0..20_000)
            .filter(|i| set.contains(&format!("stranger{i}")))
            .count();
        assert!(
            wrong < 100,
            "{wrong} of 20,000 strangers were taken for listed"
        );
    }

    #[test]
    fn a_name_that_grows_when_it_is_normalised_is_cut() {
        // One letter that stands for eighteen.
        let name = "\u{fdfa}".repeat(106);
        assert!(normalise(&name).len() <= MOST);
        let plain = "x".repeat(320);
        assert_eq!(normalise(&plain), plain, "a real name is kept whole");
    }

    #[test]
    fn whatever_is_put_around_or_behind_a_name_it_is_the_same_name() {
        for padding in [" ", "\t", "\0", "\u{a0}", "\u{3000}", "\u{feff}"] {
            let padding = padding.repeat(400);
            assert_eq!(normalise(&format!("{padding}Alice{padding}")), "alice");
            assert_eq!(normalise(&format!("Alicé{padding}")), "alicé");
            let followed = format!("alice{padding}x");
            assert!(normalise(&followed).len() <= MOST, "{padding:?}");
        }
        assert_eq!(normalise(&"x".repeat(40_000)), "x".repeat(MOST));
        assert_eq!(normalise(&"Ż".repeat(40_000)), "ż".repeat(MOST / 2));
        let odd = format!("x{}", "ż".repeat(200));
        assert_eq!(normalise(&odd), format!("x{}", "ż".repeat(159)));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more(
            name in prop_oneof!["\\PC{0,200}", "(?s).{0,400}", "[ \t\0\u{a0}]{0,400}[a-zŻ ]{0,400}"],
        ) {
            let once = normalise(&name).into_owned();
            let twice = normalise(&once).into_owned();
            prop_assert!(once.len() <= MOST);
            prop_assert_eq!(twice, once);
        }
    }
}
