//! The trail of what people did.

use crate::admin::{entry, key};
use crate::fixture::{self, Fixture, NOON, block, execute, first};
use crate::sessions::review;
use credsieve_models::verdict::SessionId;
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_store::{
    Act, ActFilter, ActKind, Actor, ChangeError, PageRequest, Scope, SharedStore,
};
use sqlx::Connection;

fn ann() -> Actor {
    Actor {
        name: "ann".into(),
        key_id: Some("aaaaaaaaaaaa".into()),
    }
}

async fn acts(store: &SharedStore, filter: ActFilter) -> Vec<Act> {
    let page = store.audit(&filter, &first(100)).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// Every kind of act, each done for good; in their order.
async fn do_everything(store: &SharedStore) -> Vec<Act> {
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let (by, hand) = (ann(), Actor::command_line());
    let key = key("aaaaaaaaaaaa", NOON, &Scope::ALL);
    let made = Act::key_created(&key, &hand);
    store.create_key(&key, &made).await.unwrap();
    let old = entry("a");
    let added = Act::list_entry_created(&old, &by, &hasher);
    store.create_list_entry(&old, &added).await.unwrap();
    let mut new = old.clone();
    new.reason = "ß ' \" \\".into();
    let changed = Act::list_entry_changed(&old, &new, &by, NOON + 1, &hasher);
    store.update_list_entry(&new, 1, &changed).await.unwrap();
    let removed = Act::list_entry_removed(&new, &by, NOON + 2, &hasher);
    store.delete_list_entry("a", 2, &removed).await.unwrap();
    store.write(&[block(1)]).await.unwrap();
    let word = review("ann");
    let reviewed = Act::session_reviewed(SessionId(7), None, &word, &by);
    let done = store.review(SessionId(7), 1, &word, &reviewed).await;
    done.unwrap();
    let gone = Act::key_revoked(&key, &hand, NOON + 3);
    let revoked = store.revoke_key(&key.key_id, NOON + 3, &gone).await;
    assert!(revoked.unwrap());
    let forgotten = Act::list_entry_forgotten("gone", &hand, NOON + 4);
    store.tell(&forgotten).await.unwrap();
    vec![made, added, changed, removed, reviewed, gone, forgotten]
}

pub async fn every_act_reads_back_the_last_first(store: SharedStore) {
    let mut done = do_everything(&store).await;
    done.reverse();
    assert_eq!(acts(&store, ActFilter::default()).await, done);
    let (mut paged, mut page) = (Vec::new(), first(4));
    loop {
        let found = store.audit(&ActFilter::default(), &page).await.unwrap();
        paged.extend(found.items);
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, done);
    let broken = PageRequest {
        limit: 1,
        cursor: Some("00".into()),
    };
    let refused = store.audit(&ActFilter::default(), &broken).await;
    refused.unwrap_err();
    // Unlike what the stream brings, acts stay.
    store.retain_from(NOON + 1_000_000_000).await.unwrap();
    assert_eq!(acts(&store, ActFilter::default()).await, done);
}

pub async fn every_filter_narrows_the_acts(store: SharedStore) {
    do_everything(&store).await;
    let all = ActFilter::default;
    let find = async |filter: ActFilter| -> Vec<ActKind> {
        let found = acts(&store, filter).await;
        found.iter().map(|act| act.act).collect()
    };
    let act = Some(ActKind::SessionReviewed);
    let reviews = find(ActFilter { act, ..all() }).await;
    assert_eq!(reviews, [ActKind::SessionReviewed]);
    let actor = Some("command line".to_owned());
    let by_hand = find(ActFilter { actor, ..all() }).await;
    let done = [
        ActKind::ListEntryRemoved,
        ActKind::KeyRevoked,
        ActKind::KeyCreated,
    ];
    assert_eq!(by_hand, done);
    let subject = Some("list_entry:a".to_owned());
    let of_entry = find(ActFilter { subject, ..all() }).await;
    let its_life = [
        ActKind::ListEntryRemoved,
        ActKind::ListEntryChanged,
        ActKind::ListEntryCreated,
    ];
    assert_eq!(of_entry, its_life);
    let (from_ms, to_ms) = (Some(NOON + 1), Some(NOON + 3));
    let within = ActFilter {
        from_ms,
        to_ms,
        ..all()
    };
    assert_eq!(find(within).await, its_life[..2]);
}

pub async fn what_is_refused_leaves_no_act(store: SharedStore) {
    let act = fixture::act();
    store.create_list_entry(&entry("a"), &act).await.unwrap();
    let before = acts(&store, ActFilter::default()).await;
    let twice = store.create_list_entry(&entry("a"), &act).await;
    twice.unwrap_err();
    let stale = store.update_list_entry(&entry("a"), 7, &act).await;
    assert!(matches!(stale, Err(ChangeError::Stale { current: 1 })));
    let stale = store.delete_list_entry("a", 7, &act).await;
    assert!(matches!(stale, Err(ChangeError::Stale { current: 1 })));
    let nothing = store.review(SessionId(1), 1, &review("ann"), &act).await;
    assert!(matches!(nothing, Err(ChangeError::NotFound)));
    assert!(!store.revoke_key("cccccccccccc", NOON, &act).await.unwrap());
    assert_eq!(acts(&store, ActFilter::default()).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_waits_for_the_one_before_so_that_no_reader_misses_one_in_postgres() {
    let fixture = fixture::postgres().await;
    let mut before = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    for statement in [
        "BEGIN",
        "SELECT pg_advisory_xact_lock('audit'::regclass::oid::bigint)",
    ] {
        sqlx::query(statement).execute(&mut before).await.unwrap();
    }
    let store = fixture.store.clone();
    let after = tokio::spawn(async move {
        let created = store.create_list_entry(&entry("a"), &fixture::act()).await;
        created.unwrap();
    });
    let waiting = "SELECT 1::int8 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while execute(&fixture.url, waiting).await.is_none() {
        assert!(!after.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    assert_eq!(acts(&fixture.store, ActFilter::default()).await, []);
    sqlx::query("COMMIT").execute(&mut before).await.unwrap();
    after.await.unwrap();
    assert_eq!(acts(&fixture.store, ActFilter::default()).await.len(), 1);
}

/// Without the table of acts nothing is done: neither is there without the other.
async fn what_cannot_be_told_is_not_done(fixture: &Fixture) {
    let (store, act) = (&fixture.store, fixture::act());
    let scopes = [Scope::Admin];
    store.create_list_entry(&entry("a"), &act).await.unwrap();
    store.write(&[block(1)]).await.unwrap();
    let held = key("aaaaaaaaaaaa", NOON, &scopes);
    store.create_key(&held, &act).await.unwrap();
    execute(&fixture.url, "ALTER TABLE audit RENAME TO away").await;

    let other = key("bbbbbbbbbbbb", NOON, &scopes);
    store.create_key(&other, &act).await.unwrap_err();
    let revoked = store.revoke_key("aaaaaaaaaaaa", NOON, &act).await;
    revoked.unwrap_err();
    let added = store.create_list_entry(&entry("b"), &act).await;
    added.unwrap_err();
    let changed = store.update_list_entry(&entry("a"), 1, &act).await;
    changed.unwrap_err();
    let removed = store.delete_list_entry("a", 1, &act).await;
    removed.unwrap_err();
    let reviewed = store.review(SessionId(7), 1, &review("ann"), &act).await;
    reviewed.unwrap_err();

    assert_eq!(store.keys().await.unwrap(), [held]);
    let left = store.lists(&first(10)).await.unwrap().items;
    let left: Vec<_> = left.iter().map(|e| (&*e.entry.id, e.version)).collect();
    assert_eq!(left, [("a", 1)]);
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!((session.version, session.review), (1, None));
    let reviews = execute(&fixture.url, "SELECT count(*) FROM reviews").await;
    assert_eq!(reviews, Some(0));
}

#[tokio::test]
async fn what_cannot_be_told_is_not_done_in_sqlite() {
    what_cannot_be_told_is_not_done(&fixture::sqlite().await).await;
}

#[tokio::test]
async fn what_cannot_be_told_is_not_done_in_postgres() {
    what_cannot_be_told_is_not_done(&fixture::postgres().await).await;
}
