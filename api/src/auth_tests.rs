//! Keys, and how long they are believed.

use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_key_splits_into_the_id_and_the_secret_that_was_hashed() {
    let (key, record) = generate_key("auth", &[Scope::Decide], 1).unwrap();
    let (key_id, secret) = split(&key).unwrap();
    assert_eq!(key_id, record.key_id);
    let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    assert_eq!(hash, record.secret_hash);
}

#[test]
fn what_is_not_whole_is_no_key() {
    let (key, _) = generate_key("auth", &[], 1).unwrap();
    for bad in [
        "",
        "csk_",
        "csk_aaaaaaaaaaaa",
        &key[1..],
        &key[..key.len() - 1],
        &key.replacen('_', "-", 2),
        "csk_äääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää",
    ] {
        assert!(split(bad).is_none(), "{bad}");
    }
}

#[test]
fn a_key_record_shows_no_hash_and_no_two_keys_are_alike() {
    let (one, record) = generate_key("auth", &[], 1).unwrap();
    let (two, _) = generate_key("auth", &[], 1).unwrap();
    assert_ne!(one, two);
    let shown = format!("{record:?}");
    assert!(!shown.contains("secret") && !shown.contains(&one[17..]));
}

/// A store of keys that counts its questions and can be away.
#[derive(Default)]
struct Keys {
    /// `None` while the store is away.
    records: Mutex<Option<Vec<KeyRecord>>>,
    asked: AtomicUsize,
}

impl Keys {
    fn keyring(self: &Arc<Self>) -> Keyring {
        let keys = Arc::clone(self);
        let read = move || {
            keys.asked.fetch_add(1, Ordering::Relaxed);
            let records = keys.records.lock().unwrap().clone();
            let found = records.ok_or(StoreError::BadCursor);
            Box::pin(async move { found }) as Reading
        };
        Keyring::new(Box::new(read), KEYS_FRESH)
    }

    fn put(&self, records: Option<Vec<KeyRecord>>) {
        *self.records.lock().unwrap() = records;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_ends_within_seconds() {
    let (key, mut record) = generate_key("auth", &[Scope::Decide], 1).unwrap();
    let keys = Arc::new(Keys::default());
    keys.put(Some(vec![record.clone()]));
    let keyring = keys.keyring();
    assert!(keyring.check(&key, Scope::Decide).await.is_ok());
    record.revoked_at_ms = Some(2);
    keys.put(Some(vec![record]));
    tokio::time::advance(KEYS_FRESH).await;
    let refused = keyring.check(&key, Scope::Decide).await;
    assert!(matches!(refused, Err(ApiError::BadKey)));
}

#[tokio::test(start_paused = true)]
async fn a_new_key_works_within_a_second_and_a_good_one_asks_nothing() {
    let (first, one) = generate_key("one", &[Scope::Decide], 1).unwrap();
    let (second, two) = generate_key("two", &[Scope::Decide], 1).unwrap();
    let keys = Arc::new(Keys::default());
    keys.put(Some(vec![one.clone()]));
    let keyring = keys.keyring();
    for _ in 0..100 {
        assert!(keyring.check(&first, Scope::Decide).await.is_ok());
    }
    assert_eq!(keys.asked(), 1);
    keys.put(Some(vec![one, two]));
    tokio::time::advance(ASK_AGAIN).await;
    assert!(keyring.check(&second, Scope::Decide).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_wrong_keys_asks_the_store_once_a_second() {
    let keys = Arc::new(Keys::default());
    keys.put(Some(Vec::new()));
    let keyring = keys.keyring();
    for _ in 0..10 {
        for _ in 0..100 {
            let (wrong, _) = generate_key("x", &[], 1).unwrap();
            assert!(keyring.check(&wrong, Scope::Decide).await.is_err());
        }
        tokio::time::advance(ASK_AGAIN).await;
    }
    assert!(keys.asked() <= 10, "{}", keys.asked());
}

#[tokio::test(start_paused = true)]
async fn known_keys_outlive_the_store_for_a_while_and_then_nobody_is_told_a_lie() {
    let (key, record) = generate_key("auth", &[Scope::Decide], 1).unwrap();
    let keys = Arc::new(Keys::default());
    keys.put(Some(vec![record]));
    let keyring = keys.keyring();
    assert!(keyring.check(&key, Scope::Decide).await.is_ok());
    keys.put(None);
    tokio::time::advance(KEYS_USABLE.mul_f32(0.9)).await;
    let before = keys.asked();
    for _ in 0..100 {
        assert!(keyring.check(&key, Scope::Decide).await.is_ok());
    }
    assert_eq!(keys.asked(), before + 1);
    tokio::time::advance(KEYS_USABLE.mul_f32(0.1)).await;
    let unknown = keyring.check(&key, Scope::Decide).await;
    assert!(matches!(unknown, Err(ApiError::KeysUnknown)));
}

#[tokio::test(start_paused = true)]
async fn while_the_store_hangs_one_request_a_second_waits_for_it_and_the_others_do_not() {
    let (key, record) = generate_key("auth", &[Scope::Decide], 1).unwrap();
    let first = Mutex::new(Some(vec![record]));
    // Answers once, then never again.
    let read = move || {
        let found = first.lock().unwrap().take();
        Box::pin(async move {
            match found {
                Some(records) => Ok(records),
                None => std::future::pending().await,
            }
        }) as Reading
    };
    let keyring = Arc::new(Keyring::new(Box::new(read), KEYS_FRESH));
    assert!(keyring.check(&key, Scope::Decide).await.is_ok());
    tokio::time::advance(KEYS_FRESH).await;
    // The first to find out.
    assert!(keyring.check(&key, Scope::Decide).await.is_ok());
    for _ in 0..3 {
        tokio::time::advance(ASK_AGAIN).await;
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let (keyring, key) = (Arc::clone(&keyring), key.clone());
            asking.spawn(async move {
                let asked = Instant::now();
                assert!(keyring.check(&key, Scope::Decide).await.is_ok());
                asked.elapsed() > Duration::from_millis(10)
            });
        }
        let waited = asking.join_all().await.into_iter().filter(|waited| *waited);
        assert_eq!(waited.count(), 1);
    }
}
