use super::*;
use crate::batch::{Ack, Batch, Record};
use crate::decode::{Decoded, Decoder};
use credsieve_models::alert::News;
use credsieve_models::attempt::Kind;
use credsieve_models::verdict::{CampaignId, Score, VerdictId};
use proptest::prelude::*;
use tokio::sync::oneshot;

const NOON_MS: EpochMs = 1_767_614_400_000;

/// Attempts as they come out of the decoder; each is named by its number.
fn decoded(outcomes: &[&str]) -> Decoded {
    let mut decoder = Decoder::of_replay();
    let record = |(n, outcome): (usize, &&str)| {
        Record {
        origin: Origin {
            source: "http".into(),
            partition: 0,
            offset: 0,
            index: 0,
        },
        clock_ms: NOON_MS,
        key: None,
        payload: Some(
            format!(
                r#"{{"event_id":"e{n}","time":{NOON_MS},"outcome":"{outcome}","ip":"203.0.113.{n}","username":"user{n}","tenant":"acme"}}"#
            )
            .into_bytes(),
        ),
    }
    };
    let records = outcomes.iter().enumerate().map(record).collect();
    let (reply, _) = oneshot::channel();
    let taken = Vec::new();
    let ack = Ack::Http { taken, reply };
    let decoded = decoder.decode(Batch { records, ack });
    assert_eq!(decoded.frames.len(), outcomes.len());
    decoded
}

fn judgement(decision: Decision, attack: Attack) -> Judgement {
    Judgement {
        marks: None,
        decision,
        score: Score(9_000),
        attack,
        reasons: Vec::new(),
        session_id: None,
        campaign_id: Some(CampaignId(9)),
        expires_at_ms: None,
        late: false,
        shared_address: false,
        known_devices: vec![7],
    }
}

fn allowed() -> Observed {
    Observed::Judged(judgement(Decision::Allow, Attack::None))
}

/// The n-th attempt of `decoded`, scored again.
fn revision(decoded: &Decoded, n: usize, was: Decision, judgement: Judgement) -> Observed {
    Observed::Revised(Box::new(Revision {
        words: words_of(&decoded.kept[n]),
        revision: 1,
        time_ms: decoded.frames[n].time_ms,
        was,
        judgement,
        frame: decoded.frames[n],
    }))
}

fn campaign(phase: Phase) -> Observed {
    Observed::Campaign(Box::new(Campaign {
        id: CampaignId(9),
        tenant: None,
        phase,
        attack: Attack::CredentialStuffing,
        opened_at_ms: NOON_MS,
        last_at_ms: NOON_MS,
        closed_at_ms: None,
        attempts: 1,
        addresses: 1,
        networks: 1,
        users: 1,
        tools: 1,
        passwords: 1,
        accounts: 0,
        members: Vec::new(),
    }))
}

fn findings(observed: Vec<Observed>, decoded: Decoded) -> Findings {
    let maker = Maker {
        policy_hash: "sha256:00".into(),
        mode: Mode::Enforce,
        keep_allows: Share::default(),
        decided_at_ms: NOON_MS + 5,
    };
    let mut tenants = Tenants::default();
    Findings::of(
        &maker,
        &mut tenants,
        observed,
        &decoded.frames,
        decoded.kept,
    )
}

#[test]
fn each_attempt_keeps_its_own_verdict_whatever_stands_between() {
    let earlier = decoded(&["success"]);
    let thief = judgement(Decision::Challenge, Attack::AccountTakeover);
    let observed = vec![
        campaign(Phase::Opened),
        allowed(),
        revision(&earlier, 0, Decision::Allow, thief.clone()),
        campaign(Phase::Growing),
        Observed::Repeat,
        revision(&earlier, 0, Decision::Challenge, thief.clone()),
        Observed::Judged(thief),
    ];
    let found = findings(observed, decoded(&["failure", "failure", "success"]));
    let said: Vec<_> = found
        .outcomes
        .iter()
        .map(|o| (o.verdict.event_id.as_str(), o.verdict.revision, o.was))
        .collect();
    assert_eq!(
        said,
        [
            ("e0", 0, None),
            ("e0", 1, Some(Decision::Allow)),
            ("e0", 1, Some(Decision::Challenge)),
            ("e2", 0, None),
        ]
    );
    assert_eq!(found.beside.len(), found.outcomes.len());
    assert_eq!(found.repeats, 1);
    assert_eq!(found.campaigns.len(), 2);
}

#[test]
fn a_revision_says_what_its_attempt_was_and_travels_with_what_brought_it_about() {
    let earlier = decoded(&["success", "success"]);
    let thief = judgement(Decision::Block, Attack::AccountTakeover);
    let observed = vec![
        allowed(),
        revision(&earlier, 1, Decision::Allow, thief.clone()),
        allowed(),
        // Nothing comes after it: it belongs to the last attempt of its batch.
        revision(&earlier, 0, Decision::Allow, thief),
    ];
    let found = findings(observed, decoded(&["failure", "failure"]));
    let offsets: Vec<i64> = found.outcomes.iter().map(|o| o.origin.offset).collect();
    assert_eq!(offsets, [0, 1, 1, 1]);
    let revised = &found.outcomes[1];
    let id = VerdictId::of("acme", "e1", NOON_MS, 1);
    assert_eq!(revised.verdict.verdict_id, id);
    assert_eq!(revised.verdict.tenant, "acme");
    assert_eq!(revised.verdict.campaign_id, Some(CampaignId(9)));
    assert_eq!(revised.context.username.as_deref(), Some("user1"));
    assert_eq!(revised.context.ip, earlier.frames[1].ip);
    assert_eq!(revised.context.user_key, earlier.frames[1].user);
    assert!(!revised.is_plain_allow() && revised.is_revision());
}

#[test]
fn an_alert_is_given_for_a_success_that_is_flagged_at_once_or_found_later() {
    let earlier = decoded(&["success", "failure", "success", "success"]);
    let thief = judgement(Decision::Challenge, Attack::AccountTakeover);
    let stuffing = judgement(Decision::Block, Attack::CredentialStuffing);
    let clear = judgement(Decision::Allow, Attack::None);
    let observed = vec![
        revision(&earlier, 0, Decision::Allow, thief.clone()), // Found.
        revision(&earlier, 1, Decision::Allow, stuffing.clone()), // Nobody got in.
        revision(&earlier, 2, Decision::Challenge, thief.clone()), // Known already.
        revision(&earlier, 3, Decision::Challenge, clear),     // Let go.
        Observed::Judged(thief),                               // At once.
        Observed::Judged(stuffing),                            // Nobody got in.
        allowed(),
    ];
    let found = findings(observed, decoded(&["success", "failure", "success"]));
    let told: Vec<_> = found
        .alerts
        .iter()
        .map(|alert| match &alert.news {
            News::AccountTakeover(t) => (t.username.as_deref(), t.revision, t.campaign_id),
            News::Campaign { .. } => panic!("no campaign was said"),
        })
        .collect();
    let of = Some(CampaignId(9));
    assert_eq!(told, [(Some("user0"), 1, of), (Some("user0"), 0, of)]);
}

#[test]
fn a_campaign_names_its_tenant_which_the_engine_knows_by_its_hash() {
    let seen = decoded(&["success"]);
    let said = |tenant: Option<u64>| {
        let Observed::Campaign(mut campaign) = campaign(Phase::Opened) else {
            panic!("it is one");
        };
        campaign.tenant = tenant.map(|hash| format!("~{hash:016x}"));
        Observed::Campaign(campaign)
    };
    let (known, unknown) = (Some(seen.frames[0].tenant), Some(1));
    let observed = vec![said(known), said(unknown), said(None), allowed()];
    let found = findings(observed, seen);
    let names: Vec<Option<&str>> = found
        .campaigns
        .iter()
        .map(|campaign| campaign.tenant.as_deref())
        .collect();
    assert_eq!(names, [Some("acme"), None, None]);
}

#[test]
fn many_made_up_tenants_hide_neither_one_that_is_seen_now_and_then_nor_a_new_one() {
    let (mut tenants, mut seen) = (Tenants::default(), decoded(&["success"]));
    let acme = seen.frames[0].tenant;
    let mut see = |hash: u64, name: &str| {
        seen.frames[0].tenant = hash;
        seen.kept[0].words.tenant = name.to_owned().into();
        tenants.learn(&seen.frames, &seen.kept);
    };
    for made_up in 0..20_000 {
        see(made_up, "made up");
        if made_up % 4_000 == 0 {
            see(acme, "acme");
        }
    }
    see(u64::MAX, "new");
    let name = |hash: u64| tenants.name(&format!("~{hash:016x}"));
    assert_eq!(name(acme).as_deref(), Some("acme"));
    assert_eq!(name(u64::MAX).as_deref(), Some("new"));
    assert_eq!(name(0), None);
    assert!(tenants.names.len() + tenants.before.len() <= 2 * MOST_TENANTS);
}

#[test]
fn a_sign_up_or_a_look_up_that_is_flagged_later_enters_nobodys_account() {
    let earlier = decoded(&["success"]);
    for kind in [Kind::Signup, Kind::Lookup, Kind::Login] {
        let flagged = judgement(Decision::Challenge, Attack::Bot);
        let mut said = revision(&earlier, 0, Decision::Allow, flagged);
        if let Observed::Revised(revision) = &mut said {
            revision.frame.kind = kind;
        }
        let found = findings(vec![said, allowed()], decoded(&["success"]));
        assert_eq!(found.alerts.len(), usize::from(kind == Kind::Login));
    }
}

#[test]
fn a_campaigns_opening_and_end_are_alerts_and_its_growth_is_none() {
    let observed = vec![
        campaign(Phase::Opened),
        campaign(Phase::Growing),
        campaign(Phase::Closed),
        Observed::Repeat,
    ];
    let found = findings(observed, decoded(&["success"]));
    let told: Vec<Phase> = found
        .alerts
        .iter()
        .map(|alert| match &alert.news {
            News::Campaign { campaign } => campaign.phase,
            News::AccountTakeover(_) => panic!("no takeover was said"),
        })
        .collect();
    assert_eq!(told, [Phase::Opened, Phase::Closed]);
    assert_eq!(found.campaigns.len(), 3);
    assert!(found.outcomes.is_empty());
}

/// What the engine may say between two attempts, or of one.
#[derive(Clone, Copy, Debug)]
enum Say {
    Judged,
    Repeat,
    Revised,
    Campaign,
}

fn any_say() -> impl Strategy<Value = Say> {
    prop_oneof![
        Just(Say::Judged),
        Just(Say::Repeat),
        Just(Say::Revised),
        Just(Say::Campaign),
    ]
}

proptest! {
    #[test]
    fn every_attempt_has_its_own_outcome_and_none_is_lost_or_doubled(
        says in prop::collection::vec(any_say(), 0..60),
    ) {
        let earlier = decoded(&["success"]);
        let is_of_frame = |say: &&Say| matches!(say, Say::Judged | Say::Repeat);
        let frames = says.iter().filter(is_of_frame).count();
        let batch = decoded(&vec!["failure"; frames]);
        let origins: Vec<Origin> = batch.kept.iter().map(|kept| kept.origin.clone()).collect();
        let thief = judgement(Decision::Challenge, Attack::AccountTakeover);
        let observed = says.iter().map(|say| match say {
            Say::Judged => allowed(),
            Say::Repeat => Observed::Repeat,
            Say::Revised => revision(&earlier, 0, Decision::Allow, thief.clone()),
            Say::Campaign => campaign(Phase::Growing),
        });
        let found = findings(observed.collect(), batch);

        let count = |wanted: fn(&Say) -> bool| says.iter().filter(|say| wanted(say)).count();
        let judged: Vec<usize> = says
            .iter()
            .filter(is_of_frame)
            .enumerate()
            .filter_map(|(n, say)| matches!(say, Say::Judged).then_some(n))
            .collect();
        let firsts: Vec<&Outcome> = found.outcomes.iter().filter(|o| !o.is_revision()).collect();
        prop_assert_eq!(firsts.len(), judged.len());
        for (outcome, n) in firsts.iter().zip(judged) {
            prop_assert_eq!(&outcome.verdict.event_id, &format!("e{n}"));
            prop_assert_eq!(&outcome.origin, &origins[n]);
        }
        prop_assert_eq!(found.repeats, count(|say| matches!(say, Say::Repeat)));
        prop_assert_eq!(found.campaigns.len(), count(|say| matches!(say, Say::Campaign)));
        prop_assert_eq!(found.beside.len(), found.outcomes.len());
        // Without any attempt in the batch there is no place in the stream that it could wait for.
        let revised = found.outcomes.len() - firsts.len();
        let said = count(|say| matches!(say, Say::Revised));
        prop_assert_eq!(revised, if frames == 0 { 0 } else { said });
        prop_assert_eq!(found.alerts.len(), revised);
        let places: Vec<i64> = found.outcomes.iter().map(|o| o.origin.offset).collect();
        prop_assert!(places.is_sorted(), "in the order of the stream: {places:?}");
    }
}
