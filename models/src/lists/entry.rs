//! An entry of a list, as an operator wrote it: the value of the `credsieve.lists` topic, and of the API.
//!
//! It is text and instants only. What its value means to an attempt is for the matcher to say.

use super::matcher::Matcher;
use crate::attempt::spelled;
use crate::key::KeyHasher;
use crate::names;
use crate::time::EpochMs;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

spelled! {
    /// What an entry says.
    ListAction {
        /// Never challenge or block.
        Allow = "allow",
        /// Always block.
        Deny = "deny",
    }
}

spelled! {
    /// What an entry's value is.
    ListDimension {
        /// One IPv4 or IPv6 address.
        Address = "address",
        /// A network in CIDR form.
        Cidr = "cidr",
        /// An autonomous system number.
        Asn = "asn",
        /// An ISO 3166-1 alpha-2 country.
        Country = "country",
        /// A device token.
        Device = "device",
        /// A user name.
        User = "user",
        /// A tool: a JA4 fingerprint or a user agent.
        Tool = "tool",
    }
}

/// One entry: the value of the `credsieve.lists` topic, and of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Its id.
    pub id: String,
    /// What it says.
    pub action: ListAction,
    /// What its value is.
    pub dimension: ListDimension,
    /// The value.
    pub value: String,
    /// The endpoint that it holds on; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The tenant that it holds for; all where absent. Users and devices belong to a tenant:
    /// `default` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Why it was made.
    #[serde(default)]
    pub reason: String,
    /// Who made it.
    #[serde(default)]
    pub author: String,
    /// When it was made.
    #[serde(rename = "created_at", with = "crate::time::rfc3339")]
    pub created_at_ms: EpochMs,
    /// Who changed it last; nobody yet where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// When it was changed last.
    #[serde(
        default,
        rename = "changed_at",
        with = "crate::time::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub changed_at_ms: Option<EpochMs>,
    /// The watermark from which it holds.
    #[serde(rename = "holds_from", with = "crate::time::rfc3339")]
    pub holds_from_ms: EpochMs,
    /// The watermark at which it ends; never where absent.
    #[serde(default, rename = "expires_at", with = "crate::time::rfc3339::option")]
    pub expires_at_ms: Option<EpochMs>,
}

/// The fields of an entry.
const FIELDS: &[&str] = &[
    "id",
    "action",
    "dimension",
    "value",
    "endpoint",
    "tenant",
    "reason",
    "author",
    "created_at",
    "changed_by",
    "changed_at",
    "holds_from",
    "expires_at",
];

/// An entry's value does not fit its dimension.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("value of a {dimension} entry: expected {expected}", dimension = .dimension.name())]
pub struct BadListValue {
    /// The entry's dimension.
    pub dimension: ListDimension,
    /// What was expected.
    pub expected: &'static str,
}

impl ListEntry {
    /// Reads an entry that a person wrote. A field that nobody knows is refused: where `endpoint` or `tenant`
    /// is misspelt, an entry would hold everywhere. What a service wrote is read without this, since a
    /// newer version may know more fields.
    ///
    /// # Errors
    /// When it is no entry, or has more than an entry has.
    pub fn by_hand(json: &str) -> Result<Self, serde_json::Error> {
        let fields: Map<String, Value> = serde_json::from_str(json)?;
        match fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            Some(name) => Err(serde::de::Error::unknown_field(name, FIELDS)),
            None => serde_json::from_str(json),
        }
    }

    /// Whether the value fits the dimension.
    ///
    /// # Errors
    /// When it does not, with what was expected.
    pub fn check(&self) -> Result<(), BadListValue> {
        let hasher = KeyHasher::new(crate::HashSeed::REPLAY);
        Matcher::of(self, &hasher).map(|_| ())
    }

    /// The key of the user or the device that it names; `None` of all else.
    #[must_use]
    pub fn key(&self, hasher: &KeyHasher) -> Option<u64> {
        let value = self.value.trim();
        let tenant = self.tenant.as_deref().unwrap_or("default");
        match self.dimension {
            ListDimension::User => {
                shown(value).or_else(|| Some(hasher.user(tenant, &names::normalise(value))))
            }
            ListDimension::Device => shown(value).or_else(|| Some(hasher.device(tenant, value))),
            _ => None,
        }
    }
}

/// The key that a value is where it is spelt as reasons and pseudonyms are: `~` and 16 hexadecimal digits.
fn shown(value: &str) -> Option<u64> {
    let digits = value.strip_prefix('~')?;
    let is_key = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| u64::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn entry(
        action: ListAction,
        dimension: ListDimension,
        value: &str,
    ) -> ListEntry {
        ListEntry {
            id: String::new(),
            action,
            dimension,
            value: value.to_owned(),
            endpoint: None,
            tenant: None,
            reason: String::new(),
            author: String::new(),
            created_at_ms: 0,
            changed_by: None,
            changed_at_ms: None,
            holds_from_ms: 100,
            expires_at_ms: Some(200),
        }
    }

    #[test]
    fn an_entry_written_by_hand_may_have_every_field_and_no_other() {
        let mut whole = entry(ListAction::Deny, ListDimension::Country, "DE");
        whole.endpoint = Some("admin".into());
        whole.tenant = Some("default".into());
        whole.changed_by = Some("bob".into());
        whole.changed_at_ms = Some(150);
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(ListEntry::by_hand(&json).unwrap(), whole);
        let misspelt = json.replace("endpoint", "endpiont");
        let error = ListEntry::by_hand(&misspelt).unwrap_err().to_string();
        assert!(error.contains("endpiont"), "{error}");
        // A newer version's entry is no error to a service.
        assert!(serde_json::from_str::<ListEntry>(&misspelt).is_ok());
    }

    #[test]
    fn a_value_that_does_not_fit_says_what_was_expected() {
        for (dimension, value) in [
            (ListDimension::Address, "203.0.113"),
            (ListDimension::Cidr, "203.0.113.0/33"),
            (ListDimension::Asn, "x"),
            (ListDimension::Country, "D1"),
            (ListDimension::User, " "),
        ] {
            assert!(entry(ListAction::Allow, dimension, value).check().is_err());
        }
    }
}
