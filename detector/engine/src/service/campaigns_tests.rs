use super::*;
use credsieve_models::HashSeed;
use credsieve_models::campaign::MAX_MEMBERS;
use std::net::{IpAddr, Ipv4Addr};

fn hasher() -> KeyHasher {
    KeyHasher::new(HashSeed::REPLAY)
}

fn campaigns() -> Campaigns {
    Campaigns::with_bytes(1 << 18)
}

/// The n-th attempt of somebody with one device, each from a network of its own at another user.
fn member(who: u32, n: u32) -> Member {
    let ip = Ipv4Addr::from(0x2000_0000 + who * 0x0100_0000 + n * 4_099);
    Member {
        time_ms: i64::from(1_000 + n) * 1_000,
        at_s: 1_000 + n,
        attack: Attack::CredentialStuffing,
        tenant: 1,
        address: Address::new(IpAddr::V4(ip)).unwrap().packed(),
        asn: 64_500,
        user: u64::from(who * 10_000 + n + 1),
        device: u64::from(who + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        password: 0,
        tool: 0,
        fell: false,
    }
}

fn count(campaigns: &mut Campaigns, member: &Member) -> Vec<Campaign> {
    let mut told = Vec::new();
    campaigns.count(&hasher(), member, false, &mut told);
    told
}

fn found(campaigns: &Campaigns, member: &Member) -> Option<CampaignId> {
    campaigns.of(&hasher(), member, false).map(|found| found.id)
}

#[test]
fn a_campaign_opens_at_ten_attempts_on_five_users_and_tells_of_each_doubling() {
    let mut campaigns = campaigns();
    let mut told = Vec::new();
    for n in 0..100 {
        assert_eq!(found(&campaigns, &member(0, n)).is_some(), n >= 10, "{n}");
        told.extend(
            count(&mut campaigns, &member(0, n))
                .into_iter()
                .map(|c| (n + 1, c.phase)),
        );
    }
    let expected = [
        (10, Phase::Opened),
        (20, Phase::Growing),
        (40, Phase::Growing),
        (80, Phase::Growing),
    ];
    assert_eq!(told, expected);
}

#[test]
fn attempts_on_few_users_are_one_from_thirty_on() {
    let mut campaigns = campaigns();
    let at_one = |n| Member {
        user: 7,
        ..member(0, n)
    };
    let opened = (0..40).find(|n| !count(&mut campaigns, &at_one(*n)).is_empty());
    assert_eq!(opened, Some(29));
}

#[test]
fn it_says_what_belongs_to_it() {
    let mut campaigns = campaigns();
    let mut last = None;
    for n in 0..80 {
        let member = Member {
            fell: n % 40 == 0,
            tool: 5,
            password: u64::from(n % 3 + 1),
            ..member(0, n)
        };
        last = count(&mut campaigns, &member).pop().or(last);
    }
    let told = last.unwrap();
    assert_eq!((told.attempts, told.accounts), (80, 2));
    assert_eq!((told.addresses, told.networks, told.users), (80, 80, 80));
    assert_eq!((told.tools, told.passwords), (1, 3));
    assert_eq!(told.attack, Attack::CredentialStuffing);
    assert!(told.members.len() <= MAX_MEMBERS);
    let device = Entity::Device(member(0, 0).device);
    assert_eq!(
        told.members[0], device,
        "what most of it shares stands first"
    );
}

#[test]
fn it_closes_once_after_half_an_hour_of_silence_and_another_begins() {
    let mut campaigns = campaigns();
    for n in 0..20 {
        count(&mut campaigns, &member(0, n));
    }
    let first = found(&campaigns, &member(0, 20));
    assert!(first.is_some());
    let sweep = |campaigns: &mut Campaigns, at_s: i64| {
        let mut told = Vec::new();
        campaigns.sweep(at_s * 1_000, &mut told);
        told
    };
    assert!(sweep(&mut campaigns, 1_019 + 1_799).is_empty());
    let later = Member {
        at_s: 1_019 + 1_800,
        ..member(0, 20)
    };
    assert_eq!(
        found(&campaigns, &later),
        None,
        "a question before the sweep"
    );
    let closed = sweep(&mut campaigns, 1_019 + 1_860);
    assert_eq!(closed.len(), 1);
    assert_eq!(
        (closed[0].phase, Some(closed[0].id)),
        (Phase::Closed, first)
    );
    assert!(sweep(&mut campaigns, 9_000).is_empty(), "once");
    for n in 0..20 {
        let again = Member {
            at_s: 9_000 + n,
            ..member(0, n)
        };
        count(&mut campaigns, &again);
    }
    let again = found(
        &campaigns,
        &Member {
            at_s: 9_020,
            ..member(0, 20)
        },
    );
    assert!(again.is_some() && again != first);
}

#[test]
fn a_candidate_that_came_to_nothing_is_not_told_of() {
    let mut campaigns = campaigns();
    for n in 0..9 {
        assert!(count(&mut campaigns, &member(0, n)).is_empty());
    }
    let mut told = Vec::new();
    campaigns.sweep(1_000_000_000, &mut told);
    assert!(told.is_empty());
}

#[test]
fn what_is_shared_ties_before_what_is_aimed_at_and_tenants_are_apart() {
    let mut campaigns = campaigns();
    for n in 0..20 {
        count(&mut campaigns, &member(0, n));
        let spray = Member {
            attack: Attack::PasswordSpray,
            ..member(1, n)
        };
        count(&mut campaigns, &spray);
        let elsewhere = Member {
            tenant: 2,
            ..member(2, n)
        };
        count(&mut campaigns, &elsewhere);
    }
    let ids = [0, 1, 2].map(|who| {
        let tenant = if who == 2 { 2 } else { 1 };
        found(
            &campaigns,
            &Member {
                tenant,
                ..member(who, 20)
            },
        )
    });
    assert!(ids.iter().all(Option::is_some));
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    // Through another device, network and user: by its kind.
    let alike = Member {
        attack: Attack::PasswordSpray,
        ..member(9, 3)
    };
    assert_eq!(found(&campaigns, &alike), ids[1]);
    let another_kind = Member {
        attack: Attack::Enumeration,
        ..member(9, 3)
    };
    assert_eq!(found(&campaigns, &another_kind), None);
}

#[test]
fn when_there_is_no_room_a_candidate_goes_before_a_campaign() {
    let mut campaigns = campaigns();
    let kinds = Attack::ALL;
    for n in 0..20 {
        count(&mut campaigns, &member(0, n));
    }
    let first = found(&campaigns, &member(0, 20));
    for tenant in 0..200 {
        let lone = Member {
            tenant: 100 + tenant,
            attack: kinds[1 + usize::try_from(tenant).unwrap() % (kinds.len() - 1)],
            ..member(20 + u32::try_from(tenant).unwrap(), 30)
        };
        count(&mut campaigns, &lone);
    }
    assert_eq!(found(&campaigns, &member(0, 31)), first);
    assert!(campaigns.slots.iter().flatten().count() <= SLOTS);
}

#[test]
fn the_same_campaigns_have_the_same_bytes_whatever_their_sketches_hold_back() {
    let bytes = |ask: bool| {
        let mut campaigns = campaigns();
        for n in 0..3_000 {
            count(&mut campaigns, &member(0, n));
            if ask && n % 7 == 0 {
                campaigns.slots.iter_mut().flatten().for_each(Slot::fold);
            }
        }
        postcard::to_allocvec(&campaigns).unwrap()
    };
    let plain = bytes(false);
    assert!(plain == bytes(true));
    let mut read = campaigns();
    assert!(read.adopt(postcard::from_bytes(&plain).unwrap()));
    assert!(postcard::to_allocvec(&read).unwrap() == plain);
}

#[test]
fn a_campaign_takes_no_more_room_however_many_belong_to_it() {
    let mut campaigns = campaigns();
    for n in 0..50_000 {
        let many = Member {
            tool: u64::from(n) << 32 | 1,
            password: u64::from(n) << 32 | 2,
            ..member(n % 30, n)
        };
        count(&mut campaigns, &many);
    }
    let size = postcard::to_allocvec(&campaigns.slots).unwrap().len();
    assert!(size < 200 << 10, "{size} bytes");
}
