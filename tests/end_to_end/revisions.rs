//! What is found out later: revisions, alerts and campaigns, from the real binary to a real broker
//! and a real PostgreSQL.

use crate::deployment::Deployment;
use crate::events::{MANY, generated};
use crate::process::until;
use crate::topics::{self, Message};
use crate::verdicts::is_first;
use credsieve_models::alert::{Alert, News};
use credsieve_models::campaign::Phase;
use credsieve_models::verdict::{Attack, Decision, Verdict};
use std::collections::{BTreeMap, BTreeSet};

const START_MS: i64 = 1_740_000_000_000;

fn alerts_in(messages: &[Message]) -> Vec<Alert> {
    let payloads = messages.iter().filter_map(|m| m.payload.as_deref());
    payloads
        .map(|line| serde_json::from_slice(line).expect("an alert is JSON"))
        .collect()
}

fn verdicts_in(messages: &[Message]) -> Vec<Verdict> {
    let payloads = messages.iter().filter_map(|m| m.payload.as_deref());
    payloads
        .map(|line| serde_json::from_slice(line).expect("a verdict is JSON"))
        .collect()
}

/// The ids of the verdicts that found a thief, at once or later.
fn thieves(verdicts: &[Verdict]) -> BTreeSet<u128> {
    let mut before: BTreeMap<(&str, u32), Decision> = BTreeMap::new();
    for verdict in verdicts {
        before.insert((&verdict.event_id, verdict.revision), verdict.decision);
    }
    let is_news = |verdict: &&Verdict| {
        let was = verdict
            .revision
            .checked_sub(1)
            .map(|earlier| before[&(verdict.event_id.as_str(), earlier)]);
        verdict.attack == Attack::AccountTakeover
            && verdict.decision != Decision::Allow
            && was.is_none_or(|was| was == Decision::Allow)
    };
    let found = verdicts.iter().filter(is_news);
    found.map(|verdict| verdict.verdict_id.0).collect()
}

/// The ids of the verdicts of which alerts tell.
fn told(alerts: &[Alert]) -> BTreeSet<u128> {
    let of = |alert: &Alert| match &alert.news {
        News::AccountTakeover(takeover) => Some(takeover.verdict_id.0),
        News::Campaign { .. } => None,
    };
    alerts.iter().filter_map(of).collect()
}

fn ids(alerts: &[Alert]) -> BTreeSet<u128> {
    alerts.iter().map(|alert| alert.alert_id.0).collect()
}

#[test]
fn what_is_found_out_later_is_in_topics_and_store_once_as_replay_says_it() {
    let events = generated(MANY, START_MS);
    let deployment = Deployment::new("later", 1);
    deployment.produce(&events);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    deployment.await_verdicts(events.len());
    let metric = |name: &str| http.metric(name);
    until("everything is counted", || {
        metric("credsieve_outcomes_total{outcome=\"verdict\"}") == events.len() as u64
    });
    let revisions = metric("credsieve_revisions_total");
    let counted = metric("credsieve_alerts_total{kind=\"account_takeover\"}");

    // Campaigns, by the API: each has an opening that somebody was told of.
    let campaigns = http.get("/v1/campaigns?limit=1000").json(200);
    let campaigns = campaigns["items"].as_array().expect("a page").clone();
    assert!(!campaigns.is_empty(), "a third of it is attacks");
    let opened: BTreeSet<String> = alerts_in(&deployment.read("alerts"))
        .iter()
        .filter_map(|alert| match &alert.news {
            News::Campaign { campaign } if campaign.phase == Phase::Opened => {
                Some(campaign.id.to_string())
            }
            _ => None,
        })
        .collect();
    let mut fell = 0;
    for campaign in &campaigns {
        let id = campaign["campaign_id"].as_str().expect("an id");
        assert!(opened.contains(id), "nobody was told of {campaign}");
        let path = format!("/v1/campaigns/{id}/accounts?limit=1000");
        let accounts = http.get(&path).json(200);
        fell += accounts["items"].as_array().expect("a page").len();
    }
    assert_eq!(campaigns.len(), opened.len());
    assert_eq!(campaigns[0]["tenant"], "default");
    assert!(fell > 0, "thieves got in");
    let shown: Vec<Alert> = http
        .get_pages("/v1/alerts?limit=100")
        .into_iter()
        .map(|item| serde_json::from_value(item).expect("an alert"))
        .collect();
    detector.stop("TERM");

    // Verdicts and revisions, in topic and store, are those of a replay.
    deployment.expect_what_replay_says(&events);
    let verdicts = verdicts_in(&deployment.read("verdicts"));
    let later = verdicts.iter().filter(|verdict| verdict.revision > 0);
    assert_eq!(later.clone().count() as u64, revisions);
    assert!(
        later.clone().any(|v| v.attack == Attack::AccountTakeover),
        "a thief is found later"
    );

    // Each thief's success has its alert, once, and nobody else has one.
    let alerts = alerts_in(&deployment.read("alerts"));
    assert_eq!(ids(&alerts).len(), alerts.len(), "each once");
    assert_eq!(told(&alerts), thieves(&verdicts));
    assert_eq!(told(&alerts).len() as u64, counted);
    assert_eq!(ids(&deployment.stored_alerts()), ids(&alerts));
    assert_eq!(shown.len(), alerts.len(), "and once over HTTP");
    assert_eq!(ids(&shown), ids(&alerts));
}

#[test]
fn after_a_kill_every_revision_and_alert_is_stored_once() {
    let events = generated(MANY, START_MS);
    let deployment = Deployment::new("found", 1);
    // Some is on its way when the kill comes, and some is left for the second detector, however fast the first one is.
    let (early, later) = events.split_at(MANY * 3 / 5);
    let (late, rest) = later.split_at(later.len() / 2);
    deployment.produce(early);
    let detector = deployment.start("detector");
    // In the midst of it, with some found out already.
    until("revisions", || {
        let messages = deployment.read("verdicts");
        let mut lines = messages.iter().filter_map(|m| m.payload.as_deref());
        lines.any(|line| !is_first(line))
    });
    deployment.produce(late);
    drop(detector);
    let before = alerts_in(&deployment.read("alerts"));

    deployment.produce(rest);
    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    let topic = deployment.topic("logins");
    until("everything is read", || {
        http.metric("credsieve_outcomes_total") > 0 && topics::lag(&topic, "found") == 0
    });
    detector.stop("TERM");

    let (whole, allowed) = deployment.stored();
    let firsts = whole.iter().filter(|row| row.verdict.revision == 0);
    assert_eq!(firsts.count() + allowed, events.len());
    let rows: BTreeSet<(&str, u32)> = whole
        .iter()
        .map(|row| (row.verdict.event_id.as_str(), row.verdict.revision))
        .collect();
    assert_eq!(
        rows.len(),
        whole.len(),
        "a revision of an event is there once"
    );

    // What is stored was told, once. What was told is stored, but for what the first detector said
    // last, before the store had it; and each alert is about a verdict that was given.
    let alerts = alerts_in(&deployment.read("alerts"));
    let stored = deployment.stored_alerts();
    assert_eq!(ids(&stored).len(), stored.len());
    assert!(ids(&stored).is_subset(&ids(&alerts)));
    let not_stored: BTreeSet<u128> = &ids(&alerts) - &ids(&stored);
    assert!(not_stored.is_subset(&ids(&before)));
    assert!(not_stored.len() < ids(&before).len());
    let given = verdicts_in(&deployment.read("verdicts"));
    let given: BTreeSet<u128> = given.iter().map(|v| v.verdict_id.0).collect();
    assert!(told(&alerts).is_subset(&given));
    assert!(!told(&alerts).is_empty());
}
