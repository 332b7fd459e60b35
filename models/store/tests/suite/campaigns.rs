//! Campaigns, the accounts that fell to them, alerts and revisions.

use crate::fixture::{self, NOON, all_verdicts, allow, allows, at, block, execute, first};
use credsieve_models::alert::Alert;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::verdict::{Attack, CampaignId, Decision, SessionId};
use credsieve_store::{
    Account, AlertFilter, Batch, CampaignFilter, Outcome, PageRequest, SharedStore,
};
use sqlx::Connection;

const MINUTE_MS: i64 = 60_000;

/// A campaign after some minutes of going on.
fn campaign(id: u128, phase: Phase, minutes: i64) -> Campaign {
    Campaign {
        id: CampaignId(id),
        tenant: Some("default".into()),
        phase,
        attack: Attack::CredentialStuffing,
        opened_at_ms: NOON,
        last_at_ms: NOON + minutes * MINUTE_MS,
        closed_at_ms: (phase == Phase::Closed).then_some(NOON + (minutes + 30) * MINUTE_MS),
        attempts: minutes.unsigned_abs() * 100,
        addresses: 180,
        networks: 90,
        users: 390,
        tools: 2,
        passwords: 395,
        accounts: 3,
        members: vec!["asn:64500".parse().unwrap()],
    }
}

async fn write_campaigns(store: &SharedStore, campaigns: &[Campaign]) {
    let batch = Batch {
        campaigns,
        ..Batch::default()
    };
    store.write_all(batch).await.unwrap();
}

/// A success of a user that belongs to a campaign and was flagged.
fn fallen(offset: i64, user: &str) -> Outcome {
    let mut outcome = block(offset);
    outcome.verdict.attack = Attack::AccountTakeover;
    outcome.verdict.decision = Decision::Challenge;
    outcome.verdict.campaign_id = Some(CampaignId(9));
    outcome.context.username = Some(user.into());
    outcome
}

/// The next revision of an outcome.
fn revised(outcome: &Outcome, decision: Decision) -> Outcome {
    let mut revised = outcome.clone();
    revised.was = Some(outcome.verdict.decision);
    revised.verdict.decision = decision;
    revised.verdict.revision += 1;
    at(revised, outcome.verdict.time_ms)
}

async fn accounts(store: &SharedStore) -> Vec<Account> {
    let page = store.accounts(CampaignId(9), &first(100)).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

async fn write_alerts(store: &SharedStore, alerts: &[Alert]) {
    let batch = Batch {
        alerts,
        ..Batch::default()
    };
    store.write_all(batch).await.unwrap();
}

async fn alerts_by(store: &SharedStore, filter: AlertFilter) -> Vec<Alert> {
    let page = store.alerts(&filter, &first(100)).await.unwrap();
    assert_eq!(page.next, None);
    page.items
}

pub async fn the_latest_word_on_a_campaign_counts_whatever_the_order_of_delivery(
    store: SharedStore,
) {
    let opened = campaign(9, Phase::Opened, 1);
    let grown = campaign(9, Phase::Growing, 5);
    let closed = campaign(9, Phase::Closed, 7);
    assert_eq!(store.campaign(CampaignId(9)).await.unwrap(), None);
    let read = async || store.campaign(CampaignId(9)).await.unwrap().unwrap();
    write_campaigns(&store, &[opened.clone(), grown.clone()]).await;
    assert_eq!(read().await, grown);
    write_campaigns(&store, std::slice::from_ref(&opened)).await;
    assert_eq!(read().await, grown);
    write_campaigns(&store, &[closed.clone(), grown.clone()]).await;
    assert_eq!(read().await, closed);
    // What a detector says that lost its state: the end stays the end.
    write_campaigns(&store, &[campaign(9, Phase::Growing, 9), grown]).await;
    assert_eq!(read().await, closed);
    let everything = CampaignFilter::default();
    let all = store.campaigns(&everything, &first(10)).await.unwrap();
    assert_eq!(all.items, [closed]);
}

pub async fn campaigns_are_paged_and_filtered(store: SharedStore) {
    let mut all: Vec<Campaign> = (0..7_u8)
        .map(|n| campaign(n.into(), Phase::Growing, i64::from(n) / 2))
        .collect();
    all[2].phase = Phase::Closed;
    all[3].attack = Attack::PasswordSpray;
    all[4].tenant = Some("acme".into());
    all[5].tenant = None;
    write_campaigns(&store, &all).await;

    let mut ids = Vec::new();
    let mut page = first(3);
    loop {
        let everything = CampaignFilter::default();
        let found = store.campaigns(&everything, &page).await.unwrap();
        ids.extend(found.items.iter().map(|c| c.id.0));
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids, [6, 5, 4, 3, 2, 1, 0]);

    let find = async |filter: CampaignFilter| -> Vec<u128> {
        let found = store.campaigns(&filter, &first(100)).await.unwrap();
        found.items.iter().map(|c| c.id.0).collect()
    };
    let none = CampaignFilter::default;
    let closed = Some(true);
    assert_eq!(find(CampaignFilter { closed, ..none() }).await, [2]);
    let closed = Some(false);
    let open = find(CampaignFilter { closed, ..none() }).await;
    assert_eq!(open, [6, 5, 4, 3, 1, 0]);
    let attack = Some(Attack::PasswordSpray);
    assert_eq!(find(CampaignFilter { attack, ..none() }).await, [3]);
    let tenant = Some("acme".into());
    assert_eq!(find(CampaignFilter { tenant, ..none() }).await, [4]);
    let (from_ms, to_ms) = (Some(NOON + MINUTE_MS), Some(NOON + 2 * MINUTE_MS));
    let within = CampaignFilter {
        from_ms,
        to_ms,
        ..none()
    };
    assert_eq!(find(within).await, [3, 2]);
}

pub async fn the_accounts_that_fell_are_those_of_the_latest_revisions(store: SharedStore) {
    let let_pass = {
        let mut outcome = fallen(1, "late");
        outcome.verdict.decision = Decision::Allow;
        outcome.verdict.attack = Attack::None;
        outcome.verdict.campaign_id = None;
        outcome
    };
    let mut found_late = revised(&let_pass, Decision::Challenge);
    found_late.verdict.attack = Attack::AccountTakeover;
    found_late.verdict.campaign_id = Some(CampaignId(9));
    let cleared = fallen(2, "cleared");
    let mut clear = revised(&cleared, Decision::Allow);
    clear.verdict.attack = Attack::None;
    clear.verdict.campaign_id = None;
    let mut only_tried = fallen(3, "tried");
    only_tried.verdict.attack = Attack::CredentialStuffing;
    let mut other = fallen(4, "other");
    other.verdict.campaign_id = Some(CampaignId(10));
    let mut nameless = fallen(5, "");
    nameless.context.username = None;
    let at_once = fallen(6, "at once");
    let again = fallen(7, "at once");
    let stricter = revised(&again, Decision::Block);
    let batch = [
        let_pass, cleared, only_tried, other, nameless, at_once, again, found_late, clear, stricter,
    ];
    store.write(&batch).await.unwrap();
    let found = accounts(&store).await;
    let names: Vec<&str> = found.iter().map(|a| a.username.as_str()).collect();
    assert_eq!(names, ["at once", "late"], "the one that fell last first");
    assert_eq!(found[0].attempts, 2);
    assert_eq!(found[0].first_at_ms, NOON + 6_000);
    assert_eq!(found[0].last_at_ms, NOON + 7_000);
    assert_eq!(found[1].attempts, 1);
    assert_eq!(found[1].ip, block(1).context.ip);
    let nobody = store.accounts(CampaignId(11), &first(1)).await.unwrap();
    assert!(nobody.items.is_empty());
}

pub async fn accounts_are_paged_and_each_shown_once(store: SharedStore) {
    // Two attempts each, and two accounts of each instant.
    let batch: Vec<Outcome> = (0..20)
        .map(|n| {
            let name = format!("user{}", n % 10);
            at(fallen(n, &name), NOON + n / 2 * 1_000)
        })
        .collect();
    store.write(&batch).await.unwrap();
    let mut names = Vec::new();
    let mut page = first(3);
    loop {
        let found = store.accounts(CampaignId(9), &page).await.unwrap();
        names.extend(found.items.into_iter().map(|a| a.username));
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), 10);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 10, "each once");
}

pub async fn an_alert_that_comes_again_is_kept_once(store: SharedStore) {
    let thief = fallen(1, "alice");
    let takeover = Alert::takeover(&thief.verdict, thief.context.username.as_deref());
    let opened = Alert::campaign(campaign(9, Phase::Opened, 1));
    let grown_since = Alert::campaign(campaign(9, Phase::Opened, 2));
    let closed = Alert::campaign(campaign(9, Phase::Closed, 7));
    for alerts in [
        vec![takeover.clone(), opened.clone()],
        vec![takeover.clone(), grown_since, closed.clone()],
        vec![closed.clone(), closed.clone()],
    ] {
        write_alerts(&store, &alerts).await;
    }
    let everything = AlertFilter::default();
    let (mut all, mut page) = (Vec::new(), first(2));
    loop {
        let found = store.alerts(&everything, &page).await.unwrap();
        all.extend(found.items);
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(
        all,
        [closed, takeover, opened],
        "the one stored last first, as first given"
    );
    let broken = PageRequest {
        limit: 1,
        cursor: Some("00".into()),
    };
    store.alerts(&everything, &broken).await.unwrap_err();
}

pub async fn an_alert_that_was_found_late_is_the_first_to_be_read(store: SharedStore) {
    let early = fallen(1, "early");
    let late = fallen(2, "late");
    let alert = |thief: &Outcome| Alert::takeover(&thief.verdict, None);
    let opened = Alert::campaign(campaign(9, Phase::Opened, 1));
    write_alerts(&store, &[alert(&late), opened.clone()]).await;
    write_alerts(&store, &[alert(&early)]).await;
    let read = alerts_by(&store, AlertFilter::default()).await;
    assert_eq!(read, [alert(&early), alert(&late), opened]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_of_alerts_waits_for_the_one_before_so_that_no_reader_misses_one_in_postgres() {
    let fixture = fixture::postgres().await;
    let mut before = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    for statement in [
        "BEGIN",
        "SELECT pg_advisory_xact_lock('alerts'::regclass::oid::bigint)",
    ] {
        sqlx::query(statement).execute(&mut before).await.unwrap();
    }
    let store = fixture.store.clone();
    let after = tokio::spawn(async move {
        let opened = Alert::campaign(campaign(9, Phase::Opened, 1));
        write_alerts(&store, &[opened]).await;
    });
    let waiting = "SELECT 1::int8 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while execute(&fixture.url, waiting).await.is_none() {
        assert!(!after.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    let unread = alerts_by(&fixture.store, AlertFilter::default()).await;
    assert_eq!(unread, []);
    sqlx::query("COMMIT").execute(&mut before).await.unwrap();
    after.await.unwrap();
    let read = alerts_by(&fixture.store, AlertFilter::default()).await;
    assert_eq!(read.len(), 1);
}

pub async fn every_filter_narrows_the_alerts(store: SharedStore) {
    let takeover = |offset, user, tenant: &str| {
        let mut thief = fallen(offset, user);
        tenant.clone_into(&mut thief.verdict.tenant);
        let thief = at(thief, NOON + offset * 1_000);
        Alert::takeover(&thief.verdict, thief.context.username.as_deref())
    };
    let bob = takeover(1, "bob", "default");
    let bob_of_acme = takeover(2, "bob", "acme");
    let odd = takeover(3, "o'\"\\ß", "default");
    let ours = Alert::campaign(campaign(9, Phase::Opened, 1));
    let mut other = campaign(10, Phase::Opened, 1);
    other.tenant = None;
    let other = Alert::campaign(other);
    let each = [&ours, &other, &bob, &bob_of_acme, &odd];
    for alert in each {
        write_alerts(&store, std::slice::from_ref(alert)).await;
    }
    let find = async |filter: AlertFilter| alerts_by(&store, filter).await;
    let all = AlertFilter::default;
    let expect = |found: Vec<Alert>, expected: &[&Alert]| {
        let found: Vec<&Alert> = found.iter().collect();
        assert_eq!(found, expected);
    };
    expect(
        find(all()).await,
        &[&odd, &bob_of_acme, &bob, &other, &ours],
    );
    let kind = Some(Alert::CAMPAIGN);
    expect(find(AlertFilter { kind, ..all() }).await, &[&other, &ours]);
    let username = Some("bob".to_owned());
    let of_bob = AlertFilter { username, ..all() };
    expect(find(of_bob.clone()).await, &[&bob_of_acme, &bob]);
    let username = Some("o'\"\\ß".to_owned());
    expect(find(AlertFilter { username, ..all() }).await, &[&odd]);
    let tenant = Some("default".to_owned());
    let of_default = find(AlertFilter { tenant, ..all() }).await;
    expect(of_default, &[&odd, &bob, &ours]);
    let campaign_id = Some(CampaignId(9));
    let of_ours = AlertFilter {
        campaign_id,
        ..all()
    };
    let members = find(of_ours).await;
    expect(members, &[&odd, &bob_of_acme, &bob, &ours]);
    let (from_ms, to_ms) = (Some(NOON + 1_000), Some(NOON + 3_000));
    let within = AlertFilter {
        from_ms,
        to_ms,
        ..all()
    };
    expect(find(within.clone()).await, &[&bob_of_acme, &bob]);
    let at_once = AlertFilter {
        kind: Some(Alert::TAKEOVER),
        tenant: Some("acme".to_owned()),
        username: of_bob.username,
        campaign_id,
        ..within
    };
    expect(find(at_once).await, &[&bob_of_acme]);
}

pub async fn a_batch_is_stored_whole_or_not_at_all(store: SharedStore) {
    let thief = fallen(1, "alice");
    let alerts = [Alert::takeover(&thief.verdict, Some("alice"))];
    let campaigns = [campaign(9, Phase::Opened, 1)];
    let batch = Batch {
        outcomes: std::slice::from_ref(&thief),
        campaigns: &campaigns,
        alerts: &alerts,
    };
    for _ in 0..2 {
        store.write_all(batch).await.unwrap();
    }
    assert_eq!(all_verdicts(&store).await.len(), 1);
    assert_eq!(accounts(&store).await.len(), 1);
    assert_eq!(alerts_by(&store, AlertFilter::default()).await, alerts);
    assert!(store.campaign(CampaignId(9)).await.unwrap().is_some());
    store.write_all(Batch::default()).await.unwrap();
}

pub async fn a_revision_stands_beside_its_verdict_and_its_session_gains_it_once(
    store: SharedStore,
) {
    // A plain allow that is counted only; then found out, by a record that comes much later.
    let let_pass = allow(0);
    let mut found = revised(&block(0), Decision::Challenge);
    found.was = Some(Decision::Allow);
    found.origin.offset = 2;
    let flagged = block(1);
    let mut stricter = revised(&flagged, Decision::Block);
    stricter.was = Some(Decision::Challenge);
    stricter.origin.offset = 3;
    let batch = [let_pass, flagged, found.clone(), stricter.clone(), allow(3)];
    for _ in 0..2 {
        store.write(&batch).await.unwrap();
    }
    let read = all_verdicts(&store).await;
    let revisions: Vec<u32> = read.iter().map(|v| v.verdict.revision).collect();
    // Two of the second event, in the order of their ids; one of the first.
    assert_eq!(revisions.iter().sum::<u32>(), 2);
    assert_eq!(read.len(), 3);
    assert_eq!(read[2].verdict, found.verdict);
    assert_eq!(allows(&store).await, 2);
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!(
        (session.attempts, session.challenged, session.blocked),
        (2, 1, 1)
    );
    assert_eq!(store.reached("logins").await.unwrap(), [(0, 4)]);
}

pub async fn old_campaigns_and_alerts_go(store: SharedStore) {
    let campaigns = [
        campaign(1, Phase::Closed, 1),
        campaign(2, Phase::Opened, 100),
    ];
    let alerts: Vec<Alert> = campaigns.iter().cloned().map(Alert::campaign).collect();
    let batch = Batch {
        campaigns: &campaigns,
        alerts: &alerts,
        ..Batch::default()
    };
    store.write_all(batch).await.unwrap();
    store.retain_from(NOON + 2 * MINUTE_MS).await.unwrap();
    assert_eq!(store.campaign(CampaignId(1)).await.unwrap(), None);
    assert!(store.campaign(CampaignId(2)).await.unwrap().is_some());
    // An opening is as old as the campaign, an end as its last hour.
    let left = alerts_by(&store, AlertFilter::default()).await;
    assert_eq!(left, alerts[..1]);
}
