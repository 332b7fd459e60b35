//! The table of all entries: what they say about an attempt, in one look-up for each dimension and
//! each network length in use, however many entries there are.

use super::entry::{BadListValue, ListAction, ListEntry};
use super::matcher::Matcher;
use crate::key::{Address, Domain, Entity, KeyHasher};
use crate::time::EpochMs;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;

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

/// What one entry says, and when and where it holds.
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

impl Lists {
    /// Makes entries ready. An entry whose value does not fit is skipped and returned.
    #[must_use]
    pub fn compile(entries: &[ListEntry], hasher: &KeyHasher) -> (Self, Vec<BadListValue>) {
        let mut lists = Self::default();
        let mut bad = Vec::new();
        for entry in entries {
            let matchers = match Matcher::of(entry, hasher) {
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
    use super::super::entry::ListDimension;
    use super::super::entry::tests::entry;
    use super::*;
    use crate::HashSeed;

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
}
