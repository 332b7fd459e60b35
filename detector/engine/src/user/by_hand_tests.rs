//! What was decided by hand says what is to be done, and nothing of what people are like.

use super::record::UserRecord;
use super::tests::{House, from, spread};
use super::{Arrival, InForce};
use crate::delta::{Lesson, Seen};
use crate::entity::EntityFacts;
use crate::frame::Frame;
use crate::source::SourceFacts;
use crate::state::pairs::FirstSight;
use credsieve_models::attempt::{FailureReason, Kind, Outcome};
use credsieve_models::lists::{ListAction, ListDimension, ListEntry, Lists};
use credsieve_models::verdict::Decision;
use credsieve_models::{HashSeed, KeyHasher, Policy};
use std::sync::Arc;

/// A house in which a list says this about an attempt's address.
fn house_with(frame: &Frame, action: Option<ListAction>) -> House {
    let mut house = House::new();
    let entry = action.map(|action| ListEntry {
        id: "1".to_owned(),
        action,
        dimension: ListDimension::Address,
        value: frame.address.to_string(),
        endpoint: None,
        tenant: None,
        reason: String::new(),
        author: String::new(),
        created_at_ms: 0,
        changed_by: None,
        changed_at_ms: None,
        holds_from_ms: 0,
        expires_at_ms: None,
    });
    let (lists, bad) = Lists::compile(entry.as_slice(), &KeyHasher::new(HashSeed::REPLAY));
    assert!(bad.is_empty(), "{bad:?}");
    house.service.set_lists(Arc::new(lists));
    house
}

/// What is decided about an attempt, and what everybody's room is taught by it.
fn observed(
    house: &mut House,
    frame: &Frame,
    source: &SourceFacts,
    policy: &Policy,
) -> (Decision, Option<Seen>) {
    let decision = house.with(frame, |shard, arrival, force| {
        let arrival = Arrival {
            source,
            entity: &EntityFacts::default(),
            ..*arrival
        };
        let force = InForce { policy, ..force };
        shard.observe(&arrival, force).0.decision
    });
    let lessons = house.shard.lessons_in_force(i64::MAX);
    let mut seen = lessons.into_iter().filter_map(|lesson| match lesson {
        // A question about whom a list names is answered by hand, and spends nobody's budget.
        Lesson::Seen(seen) => Some(Seen {
            question: None,
            ..seen
        }),
        _ => None,
    });
    (decision, seen.next())
}

/// The same in a new house where a list says this about its address.
fn decided_and_taught(
    frame: &Frame,
    source: &SourceFacts,
    policy: &Policy,
    action: Option<ListAction>,
) -> (Decision, Option<Seen>) {
    observed(&mut house_with(frame, action), frame, source, policy)
}

/// A stranger's login that failed, or that came through.
fn login(outcome: Outcome) -> Frame {
    let mut frame = from(2, 7, 9);
    (frame.kind, frame.user, frame.outcome) = (Kind::Login, Some(spread(9)), Some(outcome));
    if outcome == Outcome::Failure {
        frame.failure_reason = Some(FailureReason::BadPassword);
    }
    frame
}

#[test]
fn an_entry_of_a_list_decides_and_teaches_nothing_about_anybody_else() {
    let policy = Policy::default();
    for outcome in [Outcome::Success, Outcome::Failure] {
        let of = |action| {
            let source = SourceFacts::default();
            decided_and_taught(&login(outcome), &source, &policy, action)
        };
        let (decision, taught) = of(None);
        assert_eq!(decision, Decision::Allow, "so that a block is the entry's");
        assert!(taught.is_some());
        assert_eq!(of(Some(ListAction::Allow)), (Decision::Allow, taught));
        let (decision, of_denied) = of(Some(ListAction::Deny));
        assert_eq!((decision, of_denied), (Decision::Block, taught));
    }
}

#[test]
fn a_fence_decides_and_teaches_nothing_either() {
    let open = Policy::default();
    let fence = "[[geo_fences]]\ncountries = [\"DE\"]\noutside = \"challenge\"\n";
    let fenced = Policy::parse(fence).unwrap();
    let frame = login(Outcome::Failure);
    let of = |policy| decided_and_taught(&frame, &SourceFacts::default(), policy, None);
    let (decision, taught) = of(&open);
    assert_eq!(decision, Decision::Allow);
    assert_eq!(of(&fenced), (Decision::Challenge, taught));
}

#[test]
fn whom_the_score_asks_belongs_to_the_attack_on_a_deny_list_too_and_on_no_allow_list() {
    let policy = Policy::default();
    let mut source = SourceFacts::default();
    (source.ip.short_users, source.ip.day_users) = (500, 500);
    (source.ip.short_failures, source.ip.failures) = (500, 500);
    let frame = login(Outcome::Failure);
    let of = |action| decided_and_taught(&frame, &source, &policy, action);
    let (decision, taught) = of(None);
    assert_ne!(decision, Decision::Allow);
    let taught = taught.expect("a stranger");
    assert!(taught.flagged && taught.log_odds > 0);
    let (decision, of_denied) = of(Some(ListAction::Deny));
    assert_eq!(decision, Decision::Block);
    assert_eq!(of_denied, Some(taught));
    let (decision, of_allowed) = of(Some(ListAction::Allow));
    assert_eq!(decision, Decision::Allow);
    let of_allowed = of_allowed.expect("a stranger");
    assert!(!of_allowed.flagged, "nobody is asked");
    assert_eq!(of_allowed.log_odds, taught.log_odds);
}

#[test]
fn a_success_that_is_stopped_by_hand_shows_of_nobody_that_they_were_wrongly_challenged() {
    let policy = Policy::default();
    let source = SourceFacts::default();
    let frame = login(Outcome::Success);
    let wronged = |action| {
        let mut house = house_with(&frame, action);
        // Who succeeds now had failed from there, and that had been flagged.
        let (user, now) = (spread(9), house.now);
        let record = UserRecord::fresh(now);
        let record = house.shard.users.get_or_insert(user, user, record);
        let sight = FirstSight {
            in_pane: true,
            in_window: true,
        };
        record.add_failure(&login(Outcome::Failure), now.pane(), sight, true);
        let (_, taught) = observed(&mut house, &frame, &source, &policy);
        taught.expect("a success").wronged
    };
    assert!(wronged(None).is_some());
    assert!(wronged(Some(ListAction::Allow)).is_some());
    assert_eq!(wronged(Some(ListAction::Deny)), None);
}
