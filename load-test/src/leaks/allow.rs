//! What may tell an attack, because the attack itself is that.

use anyhow::{Context, bail};
use serde::Deserialize;

/// The entries of an allow file, checked.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The class, `*` at its end for all that begin so.
    class: String,
    /// Each must match one of the leak's values.
    values: Vec<String>,
    /// Why the attack itself is that.
    because: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Entry>,
}

impl Allowed {
    /// Reads an allow file; `name` is the file's, for messages.
    ///
    /// # Errors
    /// When it is not one, or an entry gives no values or no reason.
    pub fn parse(text: &str, name: &str) -> anyhow::Result<Self> {
        let File { allow } = toml::from_str(text).with_context(|| name.to_owned())?;
        for entry in &allow {
            if entry.values.is_empty() || entry.because.trim().is_empty() {
                bail!(
                    "{name}: an entry for `{}` has no values or says no reason",
                    entry.class
                );
            }
        }
        Ok(Self { entries: allow })
    }

    /// The reason why this may be so, if it may.
    #[must_use]
    pub fn because(&self, class: &str, values: &[&str]) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| {
            let any = |pattern: &String| values.iter().any(|value| matches(pattern, value));
            matches(&entry.class, class) && entry.values.iter().all(any)
        });
        entry.map(|entry| entry.because.as_str())
    }
}

/// `*` at the end of a pattern stands for whatever follows.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
[[allow]]
class = 'spray*'
values = ['password=again, many*', 'outcome=failure']
because = 'a spray is that'
";

    #[test]
    fn an_entry_allows_what_has_all_its_values_in_the_classes_it_names() {
        let allowed = Allowed::parse(FILE, "allow.toml").unwrap();
        let both = ["outcome=failure", "password=again, many users"];
        assert_eq!(
            allowed.because("spray_wide", &both),
            Some("a spray is that")
        );
        assert_eq!(allowed.because("stuffing", &both), None);
        assert_eq!(allowed.because("spray_wide", &both[..1]), None);
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        let text = FILE.replace("a spray is that", " ");
        let error = Allowed::parse(&text, "allow.toml").unwrap_err();
        assert!(error.to_string().starts_with("allow.toml: "), "{error}");
        assert!(Allowed::parse(&FILE.replace("values", "value"), "a").is_err());
    }
}
