//! In the producer's session: which names were tried in it before, from the same address (D7, D17).
//!
//! A browser keeps its session while a person mistypes a name, tries another one or signs up in the end;
//! a list of names is mostly tried in a session each. What that says is learned: how often the present
//! attack's suspects come so, and how often people do (`service/values.rs`). That the same name comes
//! again in a session says nothing: a look-up and the login after it do, and a machine that goes through
//! each step as a browser would.
//!
//! Nothing is kept but pairs in the filter of the short window: that a name was tried in a session, and
//! that one name was, that two were, … Where the filter errs, a session looks older than it is: it
//! misses attackers.

use crate::frame::Frame;
use crate::state::pairs::PairFilter;
use credsieve_models::KeyHasher;
use credsieve_models::key::Domain;
use serde::{Deserialize, Serialize};

/// Names of a session are counted up to so many.
const COUNTED: usize = 4;
/// Sets the pairs that count names apart from those that are names.
const COUNT: u64 = 5 << 56;

/// Which names were tried before in the producer's session, from the same address, within 15 to 30 minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum InSession {
    /// No session is told.
    #[default]
    Untold,
    /// None, or this one alone.
    New,
    /// One to three others; or more, this one among them.
    OtherNames,
    /// Four or more others.
    ManyNames,
}

/// Where a session's names stand in the filter.
#[derive(Clone, Copy, Debug)]
pub struct SessionPairs {
    /// That one name was tried in it, that two were, …
    names: [u64; COUNTED],
    /// That this one was.
    name: u64,
}

impl SessionPairs {
    /// Those of an attempt that tries a name in a session, or of a question.
    #[must_use]
    pub fn of(frame: &Frame, hasher: &KeyHasher) -> Option<Self> {
        let (session, user) = (frame.session?, frame.user?);
        if !frame.tries_name() && frame.outcome.is_some() {
            return None;
        }
        let place = hasher.hash_words(Domain::Session, session, frame.address.packed());
        let pair = |what| hasher.hash_words(Domain::Pair, place, what);
        Some(Self {
            names: std::array::from_fn(|n| pair(COUNT ^ n as u64)),
            name: pair(user),
        })
    }

    /// Asks for what is looked at first, before it is needed.
    pub fn prefetch(&self, filter: &PairFilter) {
        filter.prefetch(self.names[0]);
        filter.prefetch(self.name);
    }

    /// What came before.
    #[must_use]
    pub fn look(&self, filter: &PairFilter, pane: i64) -> InSession {
        let seen = |pair: &u64| filter.contains(*pair, pane);
        let names = self.names.iter().take_while(|pair| seen(pair)).count();
        match (names, seen(&self.name)) {
            (0, _) | (1, true) => InSession::New,
            (COUNTED.., false) => InSession::ManyNames,
            _ => InSession::OtherNames,
        }
    }

    /// Remembers that this name was tried.
    pub fn remember(&self, filter: &mut PairFilter, pane: i64) {
        let is_known = filter.contains(self.name, pane);
        filter.insert(self.name, pane);
        // So many as there were, that they are remembered for as long again, and this one.
        for pair in self.names {
            let stood = filter.contains(pair, pane);
            if !stood && is_known {
                break;
            }
            filter.insert(pair, pane);
            if !stood {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::Address;
    use credsieve_models::attempt::{FailureReason, Outcome};
    use credsieve_models::key::HashSeed;

    fn filter() -> PairFilter {
        PairFilter::with_bytes(1 << 16)
    }

    /// What came before, and remembers it.
    fn count(pairs: &SessionPairs, filter: &mut PairFilter, pane: i64) -> InSession {
        let before = pairs.look(filter, pane);
        pairs.remember(filter, pane);
        before
    }

    fn tried(session: u64, user: u64, address: &str) -> SessionPairs {
        let address = Address::new(address.parse().unwrap()).unwrap();
        let frame = Frame {
            session: Some(session),
            user: Some(user),
            outcome: Some(Outcome::Failure),
            failure_reason: Some(FailureReason::UnknownUser),
            ..Frame::about(address)
        };
        SessionPairs::of(&frame, &KeyHasher::new(HashSeed::REPLAY)).unwrap()
    }

    #[test]
    fn a_session_begins_new_and_remembers_its_names() {
        let mut filter = filter();
        let mut comes = |user| count(&tried(1, user, "192.0.2.1"), &mut filter, 10);
        assert_eq!(comes(1), InSession::New);
        assert_eq!(comes(1), InSession::New, "the same name again");
        for user in 2..5 {
            assert_eq!(comes(user), InSession::OtherNames, "{user}");
        }
        assert_eq!(comes(1), InSession::OtherNames, "one of four");
        assert_eq!(comes(5), InSession::ManyNames);
        assert_eq!(comes(6), InSession::ManyNames);
    }

    #[test]
    fn another_session_and_another_address_are_new() {
        let mut filter = filter();
        tried(1, 1, "192.0.2.1").remember(&mut filter, 10);
        let look = |session, address| tried(session, 2, address).look(&filter, 10);
        assert_eq!(look(1, "192.0.2.1"), InSession::OtherNames);
        assert_eq!(look(2, "192.0.2.1"), InSession::New);
        assert_eq!(look(1, "192.0.2.2"), InSession::New);
    }

    #[test]
    fn a_session_that_goes_on_is_remembered_and_one_that_rests_is_forgotten() {
        let mut filter = filter();
        tried(1, 1, "192.0.2.1").remember(&mut filter, 10);
        for pane in 10..14 {
            let came = count(&tried(1, 2, "192.0.2.1"), &mut filter, pane);
            assert_eq!(came, InSession::OtherNames, "{pane}");
        }
        let look = |pane| tried(1, 3, "192.0.2.1").look(&filter, pane);
        assert_eq!(look(14), InSession::OtherNames);
        assert_eq!(look(15), InSession::New);
    }

    #[test]
    fn what_tries_no_name_and_what_has_no_session_says_nothing() {
        let address = Address::new("192.0.2.1".parse().unwrap()).unwrap();
        let login = Frame {
            session: Some(1),
            user: Some(1),
            outcome: Some(Outcome::Success),
            ..Frame::about(address)
        };
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        assert!(SessionPairs::of(&login, &hasher).is_none());
        let question = Frame {
            outcome: None,
            ..login
        };
        assert!(SessionPairs::of(&question, &hasher).is_some());
        let untold = Frame {
            session: None,
            ..question
        };
        assert!(SessionPairs::of(&untold, &hasher).is_none());
    }
}
