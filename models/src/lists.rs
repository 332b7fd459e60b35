//! Lists: what an operator decided by hand about addresses, networks, countries, devices, users
//! and tools.
//!
//! An entry holds from one instant to another, on one endpoint and tenant or on all. Where several
//! apply, the most specific wins (user, device, address, longest network, tool, ASN, country), and
//! deny wins over allow between equals.

use crate::attempt::spelled;
use crate::key::{Address, Domain, Entity, KeyHasher};
use crate::names;
use crate::time::EpochMs;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::net::IpAddr;

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

/// The parts of an attempt that lists look at.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The whole address.
    pub ip: IpAddr,
    /// The ASN.
    pub asn: Option<u32>,
    /// The country.
    pub country: Option<[u8; 2]>,
    /// The key of the device.
    pub device: Option<u64>,
    /// The key of the user.
    pub user: Option<u64>,
    /// The key of the tool.
    pub tool: Option<u64>,
    /// The hash of the endpoint.
    pub endpoint: Option<u64>,
    /// The hash of the tenant.
    pub tenant: u64,
}

/// What the lists say about a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the entry says.
    pub action: ListAction,
    /// Whom the entry names: of a network the whole of it, not the address that lies in it.
    pub entity: Entity,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Matcher {
    User(u64),
    Device(u64),
    Net(IpNet),
    Tool(u64),
    Asn(u32),
    Country([u8; 2]),
}

#[derive(Clone)]
struct Rule {
    action: ListAction,
    endpoint: Option<u64>,
    tenant: Option<u64>,
    holds_from_ms: EpochMs,
    expires_at_ms: Option<EpochMs>,
}

/// Entries made ready for looking up: one look-up a dimension and a network length in use.
#[derive(Clone, Default)]
pub struct Lists {
    rules: HashMap<Matcher, Vec<Rule>>,
    /// Network lengths in use, longest first: (is IPv4, length).
    lengths: Vec<(bool, u8)>,
}

impl std::fmt::Debug for Lists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lists({} values)", self.rules.len())
    }
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
        self.matchers(&hasher).map(|_| ())
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

    fn matchers(&self, hasher: &KeyHasher) -> Result<Vec<Matcher>, BadListValue> {
        let bad = |expected| BadListValue {
            dimension: self.dimension,
            expected,
        };
        let value = self.value.trim();
        if value.is_empty() || value.contains('\0') || value.len() > 1024 {
            return Err(bad("1 to 1,024 bytes without NUL"));
        }
        Ok(match self.dimension {
            ListDimension::Address => {
                let ip: IpAddr = value
                    .parse()
                    .map_err(|_| bad("an address such as 203.0.113.9"))?;
                vec![Matcher::Net(IpNet::from(ip.to_canonical()))]
            }
            ListDimension::Cidr => {
                let net: IpNet = value
                    .parse()
                    .map_err(|_| bad("a network such as 203.0.113.0/24"))?;
                vec![Matcher::Net(canonical(net).trunc())]
            }
            ListDimension::Asn => {
                let digits = value.trim_start_matches("AS").trim_start_matches("as");
                let asn = digits.parse().map_err(|_| bad("a number such as 64500"))?;
                vec![Matcher::Asn(asn)]
            }
            ListDimension::Country => match value.to_ascii_uppercase().as_bytes() {
                [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                    vec![Matcher::Country([*a, *b])]
                }
                _ => return Err(bad("two letters such as DE")),
            },
            ListDimension::Device => self.key(hasher).map(Matcher::Device).into_iter().collect(),
            ListDimension::User => self.key(hasher).map(Matcher::User).into_iter().collect(),
            // The value may be either form; an attempt has only one of the two keys.
            ListDimension::Tool => [
                hasher.tool(Some(value), None),
                hasher.tool(None, Some(value)),
            ]
            .into_iter()
            .flatten()
            .map(Matcher::Tool)
            .collect(),
        })
    }
}

/// The key that a value is where it is spelt as reasons and pseudonyms are: `~` and 16 hexadecimal digits.
fn shown(value: &str) -> Option<u64> {
    let digits = value.strip_prefix('~')?;
    let is_key = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| u64::from_str_radix(digits, 16).ok())?
}

/// A network of IPv4-mapped addresses as the IPv4 network: attempts from there are IPv4.
fn canonical(net: IpNet) -> IpNet {
    const MAPPED_BITS: u8 = 96;
    match (net.addr().to_canonical(), net.prefix_len()) {
        (ip @ IpAddr::V4(_), len) if net.addr().is_ipv6() && len >= MAPPED_BITS => {
            IpNet::new(ip, len - MAPPED_BITS).unwrap_or(net)
        }
        _ => net,
    }
}

impl Lists {
    /// Makes entries ready. An entry whose value does not fit is skipped and returned.
    #[must_use]
    pub fn compile(entries: &[ListEntry], hasher: &KeyHasher) -> (Self, Vec<BadListValue>) {
        let mut lists = Self::default();
        let mut bad = Vec::new();
        for entry in entries {
            let matchers = match entry.matchers(hasher) {
                Ok(matchers) => matchers,
                Err(error) => {
                    bad.push(error);
                    continue;
                }
            };
            let hash = |domain, text: &String| hasher.hash64(domain, &[text.as_bytes()]);
            for matcher in matchers {
                lists.rules.entry(matcher).or_default().push(Rule {
                    action: entry.action,
                    endpoint: entry.endpoint.as_ref().map(|e| hash(Domain::Endpoint, e)),
                    tenant: entry.tenant.as_ref().map(|t| hash(Domain::Tenant, t)),
                    holds_from_ms: entry.holds_from_ms,
                    expires_at_ms: entry.expires_at_ms,
                });
                if let Matcher::Net(net) = matcher {
                    lists.lengths.push((net.addr().is_ipv4(), net.prefix_len()));
                }
            }
        }
        lists
            .lengths
            .sort_unstable_by_key(|&(ipv4, len)| (std::cmp::Reverse(len), ipv4));
        lists.lengths.dedup();
        (lists, bad)
    }

    /// What the lists say about `subject` at a watermark; `None` where nothing applies.
    #[must_use]
    pub fn lookup(&self, subject: &Subject, watermark_ms: EpochMs) -> Option<Listed> {
        self.lookup_asked(subject, watermark_ms, watermark_ms)
    }

    /// The same for a question asked at `asked_ms`: an entry that holds by then holds, although the
    /// stream may be quiet and its watermark behind. It ends by the watermark, as for the stream.
    #[must_use]
    pub fn lookup_asked(
        &self,
        subject: &Subject,
        watermark_ms: EpochMs,
        asked_ms: EpochMs,
    ) -> Option<Listed> {
        if self.rules.is_empty() {
            return None;
        }
        let address = Address::new(subject.ip)?;
        let net = |&(ipv4, len): &(bool, u8)| {
            (ipv4 == subject.ip.is_ipv4())
                .then(|| IpNet::new(subject.ip, len).ok())
                .flatten()
                .map(|net| Matcher::Net(net.trunc()))
        };
        let from_specific_to_general = [
            subject.user.map(Matcher::User),
            subject.device.map(Matcher::Device),
        ]
        .into_iter()
        .flatten()
        .chain(self.lengths.iter().filter_map(net))
        .chain(
            [
                subject.tool.map(Matcher::Tool),
                subject.asn.map(Matcher::Asn),
                subject.country.map(Matcher::Country),
            ]
            .into_iter()
            .flatten(),
        );
        from_specific_to_general
            .filter_map(|matcher| Some((matcher, self.rules.get(&matcher)?)))
            .find_map(|(matcher, rules)| {
                let applying = rules
                    .iter()
                    .filter(|rule| rule.applies(subject, watermark_ms, asked_ms));
                let action = applying.map(|rule| rule.action).max()?; // Deny is the greater.
                Some(Listed {
                    action,
                    entity: matcher.entity(address),
                })
            })
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl Matcher {
    /// Whom it matches, where it matched an attempt from `address`.
    fn entity(self, address: Address) -> Entity {
        match self {
            Self::User(key) => Entity::User(key),
            Self::Device(key) => Entity::Device(key),
            Self::Net(net) => {
                let network = address.network(net.prefix_len());
                network.map_or(Entity::Ip(address), Entity::Net)
            }
            Self::Tool(key) => Entity::Tool(key),
            Self::Asn(asn) => Entity::Asn(asn),
            Self::Country(code) => Entity::Country(code),
        }
    }
}

impl Rule {
    fn applies(&self, subject: &Subject, watermark_ms: EpochMs, asked_ms: EpochMs) -> bool {
        self.holds_from_ms <= watermark_ms.max(asked_ms)
            && self.expires_at_ms.is_none_or(|end| watermark_ms < end)
            && self.endpoint.is_none_or(|e| subject.endpoint == Some(e))
            && self.tenant.is_none_or(|t| subject.tenant == t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HashSeed;

    fn entry(action: ListAction, dimension: ListDimension, value: &str) -> ListEntry {
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

    fn subject(hasher: &KeyHasher) -> Subject {
        Subject {
            ip: "203.0.113.9".parse().unwrap(),
            asn: Some(64500),
            country: Some(*b"DE"),
            device: Some(hasher.device("default", "d")),
            user: Some(hasher.user("default", "bob")),
            tool: hasher.tool(None, Some("curl")),
            endpoint: Some(hasher.hash64(Domain::Endpoint, &[b"web"])),
            tenant: hasher.hash64(Domain::Tenant, &[b"default"]),
        }
    }

    #[test]
    fn every_dimension_matches_within_its_time_and_says_whom() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let about = subject(&hasher);
        let [user, device, tool] = [about.user, about.device, about.tool].map(Option::unwrap);
        for (dimension, value, entity) in [
            (
                ListDimension::Address,
                "::ffff:203.0.113.9",
                "ip:203.0.113.9".parse().unwrap(),
            ),
            (
                ListDimension::Cidr,
                "203.0.113.77/16",
                "net:203.0.0.0/16".parse().unwrap(),
            ),
            (
                ListDimension::Cidr,
                "203.0.113.9/32",
                "ip:203.0.113.9".parse().unwrap(),
            ),
            (
                ListDimension::Cidr,
                "::ffff:203.0.113.0/120",
                "net:203.0.113.0/24".parse().unwrap(),
            ),
            (ListDimension::Asn, "AS64500", Entity::Asn(64500)),
            (ListDimension::Country, "de", Entity::Country(*b"DE")),
            (ListDimension::Device, "d", Entity::Device(device)),
            (ListDimension::User, " Bob ", Entity::User(user)),
            (ListDimension::Tool, "curl", Entity::Tool(tool)),
        ] {
            let listed = Listed {
                action: ListAction::Deny,
                entity,
            };
            let (lists, bad) =
                Lists::compile(&[entry(ListAction::Deny, dimension, value)], &hasher);
            assert!(bad.is_empty());
            let at = |ms| lists.lookup(&subject(&hasher), ms);
            assert_eq!(at(99), None, "{value}");
            assert_eq!(at(100), Some(listed), "{value}");
            assert_eq!(at(200), None, "{value}");
        }
    }

    #[test]
    fn a_user_or_a_device_may_be_named_as_reasons_name_it() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let about = subject(&hasher);
        for (dimension, key) in [
            (ListDimension::User, about.user.unwrap()),
            (ListDimension::Device, about.device.unwrap()),
        ] {
            let listed = |value: String| {
                let one = entry(ListAction::Deny, dimension, &value);
                assert_eq!(one.key(&hasher) == Some(key), value.len() == 17);
                let (lists, _) = Lists::compile(&[one], &hasher);
                lists.lookup(&about, 150).is_some()
            };
            assert!(listed(format!("~{key:016x}")));
            assert!(!listed(format!("~{key:016x}0")), "that is a name");
        }
    }

    #[test]
    fn the_more_specific_entry_wins_and_deny_wins_between_equals() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let deny_asn = entry(ListAction::Deny, ListDimension::Asn, "64500");
        let allow_ip = entry(ListAction::Allow, ListDimension::Address, "203.0.113.9");
        let deny_ip = entry(ListAction::Deny, ListDimension::Address, "203.0.113.9");
        let lookup = |entries: &[ListEntry]| {
            let (lists, _) = Lists::compile(entries, &hasher);
            let listed = lists.lookup(&subject(&hasher), 150);
            listed.map(|listed| listed.action)
        };
        let both = [deny_asn, allow_ip.clone()];
        assert_eq!(lookup(&both), Some(ListAction::Allow));
        assert_eq!(lookup(&[allow_ip, deny_ip]), Some(ListAction::Deny));
    }

    #[test]
    fn an_entry_for_one_endpoint_holds_nowhere_else() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let mut one = entry(ListAction::Deny, ListDimension::Asn, "64500");
        one.endpoint = Some("api".into());
        let (lists, _) = Lists::compile(&[one.clone()], &hasher);
        assert_eq!(lists.lookup(&subject(&hasher), 150), None);
        one.endpoint = Some("web".into());
        let (lists, _) = Lists::compile(&[one], &hasher);
        assert!(lists.lookup(&subject(&hasher), 150).is_some());
    }

    #[test]
    fn an_ipv6_network_is_named_as_far_as_addresses_are_told_apart() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let about = Subject {
            ip: "2001:db8:1:2ff::4".parse().unwrap(),
            ..subject(&hasher)
        };
        for (network, entity) in [
            ("::/0", "net:::/0"),
            ("2001:db8::/32", "net:2001:db8::/32"),
            ("2001:db8:1:2ff::/64", "ip:2001:db8:1:2ff::/64"),
            ("2001:db8:1:2ff::/96", "ip:2001:db8:1:2ff::/64"),
        ] {
            let one = entry(ListAction::Deny, ListDimension::Cidr, network);
            let listed = Lists::compile(&[one], &hasher).0.lookup(&about, 150);
            assert_eq!(listed.unwrap().entity.to_string(), entity);
        }
    }

    #[test]
    fn many_addresses_of_both_kinds_are_one_look_up_a_length() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let entries: Vec<_> = (0..100)
            .flat_map(|n| [format!("203.0.113.{n}/32"), format!("2001:db8:{n}::/32")])
            .map(|value| entry(ListAction::Deny, ListDimension::Cidr, &value))
            .collect();
        assert_eq!(Lists::compile(&entries, &hasher).0.lengths.len(), 2);
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
