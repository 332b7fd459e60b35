//! List entries and keys.

use crate::fixture::{NOON, act, first};
use credsieve_models::lists::{ListAction, ListDimension, ListEntry};
use credsieve_store::{ChangeError, KeyRecord, Scope, SharedStore, StoredListEntry};

pub fn entry(id: &str) -> ListEntry {
    ListEntry {
        id: id.to_owned(),
        action: ListAction::Deny,
        dimension: ListDimension::Cidr,
        value: "203.0.113.0/24".into(),
        endpoint: Some("web".into()),
        tenant: None,
        reason: "a \"reason\"".into(),
        author: "ann".into(),
        created_at_ms: NOON,
        changed_by: None,
        changed_at_ms: None,
        holds_from_ms: NOON,
        expires_at_ms: Some(NOON + 1),
    }
}

pub fn key(id: &str, created_at_ms: i64, scopes: &[Scope]) -> KeyRecord {
    KeyRecord {
        key_id: id.to_owned(),
        secret_hash: [id.as_bytes()[0]; 32],
        name: "the auth service".into(),
        scopes: scopes.to_vec(),
        created_at_ms,
        revoked_at_ms: None,
    }
}

pub async fn list_entries_are_created_read_changed_and_removed(store: SharedStore) {
    let created = store.create_list_entry(&entry("a"), &act()).await.unwrap();
    assert_eq!(
        created,
        StoredListEntry {
            entry: entry("a"),
            version: 1
        }
    );
    assert_eq!(store.list_entry("a").await.unwrap(), Some(created));
    assert_eq!(store.list_entry("b").await.unwrap(), None);
    let twice = store
        .create_list_entry(&entry("a"), &act())
        .await
        .unwrap_err();
    assert!(!twice.is_transient(), "{twice}");

    let mut changed = entry("a");
    changed.expires_at_ms = None;
    let updated = store.update_list_entry(&changed, 1, &act()).await.unwrap();
    assert_eq!(
        updated,
        StoredListEntry {
            entry: changed,
            version: 2
        }
    );
    assert_eq!(store.list_entry("a").await.unwrap(), Some(updated));
    let absent = store.update_list_entry(&entry("b"), 1, &act()).await;
    assert!(matches!(absent, Err(ChangeError::NotFound)));

    let stale = store.delete_list_entry("a", 1, &act()).await;
    assert!(matches!(stale, Err(ChangeError::Stale { current: 2 })));
    store.delete_list_entry("a", 2, &act()).await.unwrap();
    let gone = store.delete_list_entry("a", 2, &act()).await;
    assert!(matches!(gone, Err(ChangeError::NotFound)));
    assert_eq!(store.list_entry("a").await.unwrap(), None);
}

pub async fn list_entries_are_paged_in_the_order_of_creation(store: SharedStore) {
    let ids = ["z", "m", "a", "q", "b"];
    for id in ids {
        store.create_list_entry(&entry(id), &act()).await.unwrap();
    }
    store
        .update_list_entry(&entry("m"), 1, &act())
        .await
        .unwrap();
    let mut seen = Vec::new();
    let mut page = first(2);
    loop {
        let found = store.lists(&page).await.unwrap();
        seen.extend(found.items.into_iter().map(|stored| stored.entry.id));
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

pub async fn of_two_changes_to_an_entry_at_once_one_wins(store: SharedStore) {
    store.create_list_entry(&entry("a"), &act()).await.unwrap();
    let change = |reason: &str| {
        let store = store.clone();
        let mut changed = entry("a");
        reason.clone_into(&mut changed.reason);
        tokio::spawn(async move { store.update_list_entry(&changed, 1, &act()).await })
    };
    let (one, two) = tokio::join!(change("one"), change("two"));
    let (one, two) = (one.unwrap(), two.unwrap());
    let (winner, loser) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(
        matches!(loser, Err(ChangeError::Stale { current: 2 })),
        "{loser:?}"
    );
    assert_eq!(store.list_entry("a").await.unwrap(), Some(winner.unwrap()));
}

pub async fn keys_are_created_listed_and_revoked(store: SharedStore) {
    let later = key("aaaaaaaaaaaa", NOON + 1, &Scope::ALL);
    let earlier = key("bbbbbbbbbbbb", NOON, &[]);
    store.create_key(&later, &act()).await.unwrap();
    store.create_key(&earlier, &act()).await.unwrap();
    assert_eq!(
        store.keys().await.unwrap(),
        [earlier.clone(), later.clone()]
    );
    assert!(
        !store
            .create_key(&later, &act())
            .await
            .unwrap_err()
            .is_transient()
    );

    assert!(
        store
            .revoke_key("aaaaaaaaaaaa", NOON + 9, &act())
            .await
            .unwrap()
    );
    assert!(
        !store
            .revoke_key("aaaaaaaaaaaa", NOON + 10, &act())
            .await
            .unwrap()
    );
    assert!(
        !store
            .revoke_key("cccccccccccc", NOON, &act())
            .await
            .unwrap()
    );
    let revoked = KeyRecord {
        revoked_at_ms: Some(NOON + 9),
        ..later
    };
    assert_eq!(store.keys().await.unwrap(), [earlier, revoked]);
}
