//! Verdicts in words that a person understands without the manual.

use credsieve_models::verdict::{Measure, Window};
use credsieve_models::{Attack, Dimension, Entity, Lane, Reason};
use credsieve_store::{ActKind, ReviewVerdict};

/// The kind of attack.
pub(crate) fn attack(attack: Attack) -> &'static str {
    match attack {
        Attack::None => "none",
        Attack::CredentialStuffing => "credential stuffing",
        Attack::PasswordSpray => "password spray",
        Attack::BruteForce => "brute force",
        Attack::AccountTakeover => "account takeover",
        Attack::Enumeration => "enumeration",
        Attack::FakeSignup => "fake sign-up",
        Attack::Bot => "bot",
    }
}

/// What a reviewer says that it was.
pub(crate) fn review(verdict: ReviewVerdict) -> &'static str {
    match verdict {
        ReviewVerdict::Attack => "an attack",
        ReviewVerdict::Honest => "honest traffic",
        ReviewVerdict::Test => "a test",
    }
}

/// What somebody did by hand.
pub(crate) fn act(act: ActKind) -> &'static str {
    match act {
        ActKind::KeyCreated => "made a key",
        ActKind::KeyRevoked => "revoked a key",
        ActKind::ListEntryCreated => "added to the lists",
        ActKind::ListEntryChanged => "changed a list entry",
        ActKind::ListEntryRemoved => "removed a list entry",
        ActKind::SessionReviewed => "reviewed a session",
    }
}

/// One reason, as a sentence.
pub(crate) fn reason(reason: &Reason) -> String {
    let whom = whom(reason.entity);
    let from = match reason.entity.dimension() {
        Dimension::Tool | Dimension::Password => format!("with {whom}"),
        Dimension::User => format!("for {whom}"),
        Dimension::Lane => format!("among {whom}"),
        _ => format!("from {whom}"),
    };
    let when = window(reason.window);
    let (value, limit) = (reason.value, reason.limit);
    match reason.measure {
        Measure::Attempts => format!("{value} attempts {from} {when} (limit {limit})"),
        Measure::Failures => format!("{value} failures {from} {when} (limit {limit})"),
        Measure::DailyFailures => {
            format!("{value} failures {from} in a day (limit {limit})")
        }
        Measure::DistinctUsers => {
            let users = others(value);
            format!("{users} failed {from} {when} (usual: {limit})")
        }
        Measure::SprayedUsers => {
            let users = others(value);
            format!("{users} failed several times {from} {when} (usual: {limit})")
        }
        Measure::FailingAddresses => {
            format!("{whom} failed from {value} addresses {when} (limit {limit})")
        }
        Measure::UnknownUserShare => {
            format!("{value} % of the failures {from} named users who do not exist")
        }
        Measure::ListedName => "the name is one that attackers try first".to_owned(),
        Measure::BreachedPassword if reason.value == 0 => {
            "the name and password stand in no list of stolen ones, as the attack's do".to_owned()
        }
        Measure::BreachedPassword => {
            "the name and password stand in a list of stolen ones".to_owned()
        }
        Measure::KnownDevice
        | Measure::SharedDevice
        | Measure::OthersDevice
        | Measure::CopiedDevice
        | Measure::NewDevice
        | Measure::NoDevice => identity(reason),
        Measure::Stranger => "neither the device nor the place is the user's".to_owned(),
        Measure::Excess => {
            format!("{value} {whom} from unknown devices and places {when} (usual: {limit})")
        }
        Measure::LikeAttack if reason.entity.dimension() == Dimension::User => {
            format!("names of this form or domain are {}", as_common(value))
        }
        Measure::LikeAttack => format!("{whom} is {}", as_common(value)),
        Measure::DailyUsers => {
            let users = others(value);
            format!("{users} failed {from} in a day (usual: {limit})")
        }
        Measure::TriedFrom => {
            format!("the name never succeeded and was tried from {value} networks {when}")
        }
        Measure::MistypedName => {
            "the name looks like a mistyped one of somebody who belongs here".to_owned()
        }
        Measure::SuspectSuccess => {
            format!("somebody suspect got into this account {value} minutes before")
        }
        Measure::KinNames => format!("{value} names like others that were tried {from} {when}"),
        Measure::Pace if limit > 1 => {
            format!("names were tried {from} every {value} s")
        }
        Measure::Pace => format!("names were tried {from} {value} s apart"),
        Measure::Passwords => {
            format!("{value} wrong passwords were tried for this user from this network")
        }
        Measure::SlowTries => format!("names are tried {from} for {value} half hours in a row"),
        Measure::SinceLogin if limit == 0 => {
            format!("the user logged in {value} minutes before, and from elsewhere")
        }
        Measure::SinceLogin => format!("the user logged in {value} minutes before"),
        Measure::UsualTool
        | Measure::RightBefore
        | Measure::TriedElsewhere
        | Measure::TriedAgain
        | Measure::SameAgain
        | Measure::DoubtfulSignup => own(reason),
        Measure::EndpointLikeAttack => format!("the endpoint is {}", as_common(value)),
        Measure::SessionLikeAttack => {
            format!("what came before in the session is {}", as_common(value))
        }
        Measure::RetriesLikeAttack => {
            format!(
                "how the program goes on with this name is {}",
                as_common(value)
            )
        }
        Measure::Listed => format!("an operator's list names {whom}"),
        Measure::OutsideFence => "the country is outside this endpoint's fence".to_owned(),
        Measure::OverLimit => {
            format!("more attempts {from} than the operator's limit of {limit}")
        }
    }
}

/// A ratio in tenths.
fn as_common(tenths: u32) -> String {
    format!(
        "{}.{} times as common in the present attack as among people",
        tenths / 10,
        tenths % 10
    )
}

/// Device, place and history, which are weighed together.
fn identity(reason: &Reason) -> String {
    let device = match reason.measure {
        Measure::KnownDevice => "the device is one that this user is known by",
        Measure::SharedDevice => "the device is shared by many users",
        Measure::OthersDevice => "the device is somebody else's",
        Measure::CopiedDevice => "the token of a known device comes from another program",
        Measure::NewDevice => "nobody has succeeded on this device yet",
        _ => "the attempt names no device",
    };
    let place = match reason.limit {
        4 => "the address is a usual one",
        3 => "the network is a usual one",
        2 => "the provider is a usual one",
        1 => "the country is a usual one",
        _ => "the place is a new one",
    };
    let history = match reason.value {
        0 => "the user has not logged in before".to_owned(),
        1 => "the user has logged in once".to_owned(),
        logins => format!("the user has logged in {logins} times"),
    };
    format!("{device}, {place}, and {history}")
}

/// What the user has, and did before: a program, a password, another try, an account.
fn own(reason: &Reason) -> String {
    match (reason.measure, reason.value) {
        (Measure::UsualTool, 0) => "the user comes with other programs".to_owned(),
        (Measure::UsualTool, 1) => "the user came with a program of this name last".to_owned(),
        (Measure::UsualTool, _) => "the user comes with this program".to_owned(),
        (Measure::RightBefore, 0) => "the password was not right for this user before".to_owned(),
        (Measure::RightBefore, _) => "the password was right for this user before".to_owned(),
        (Measure::SameAgain, _) => {
            "the same wrong password came from the same place before: a stale client".to_owned()
        }
        (Measure::TriedAgain, _) => {
            "the same user failed from this network a little before".to_owned()
        }
        (Measure::DoubtfulSignup, percent) => {
            format!("the account is doubtful: its sign-up was an attack's with {percent} % or more")
        }
        (_, times) => format!(
            "the same wrong password came {times} times from other networks in this program: a stale client on the move"
        ),
    }
}

/// What the attempts of a campaign share, a text for each; what is hashed is only counted.
pub(crate) fn members(members: &[Entity]) -> Vec<String> {
    let is_named = |entity: &&Entity| {
        let dimension = entity.dimension();
        matches!(dimension, Dimension::Ip | Dimension::Net | Dimension::Asn)
    };
    let mut texts: Vec<String> = members.iter().filter(is_named).map(|m| whom(*m)).collect();
    for (dimension, one, several) in [
        (Dimension::Tool, "one tool", "tools"),
        (Dimension::Password, "one password", "passwords"),
        (Dimension::Device, "one device", "devices"),
        (Dimension::User, "one user", "users"),
    ] {
        match members
            .iter()
            .filter(|m| m.dimension() == dimension)
            .count()
        {
            0 => {}
            1 => texts.push(one.to_owned()),
            count => texts.push(format!("{count} {several}")),
        }
    }
    texts
}

fn whom(entity: Entity) -> String {
    let text = entity.to_string();
    let key = text.split_once(':').map_or("", |(_, key)| key);
    match entity.dimension() {
        Dimension::Ip => key.to_owned(),
        Dimension::Net => format!("the network {key}"),
        Dimension::Asn => format!("AS{key}"),
        Dimension::Device => "this device".to_owned(),
        Dimension::User => "this user".to_owned(),
        Dimension::Tool => "this tool".to_owned(),
        Dimension::Password => "this password".to_owned(),
        Dimension::Lane => Lane::from_name(key).map_or("attempts", lane).to_owned(),
        Dimension::Country => format!("the country {key}"),
    }
}

fn others(count: u32) -> String {
    match count {
        1 => "one other user".to_owned(),
        count => format!("{count} other users"),
    }
}

/// The attempts of a lane.
fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::LoginSuccess => "logins that succeeded",
        Lane::LoginBadPassword => "logins with a wrong password",
        Lane::LoginUnknownUser => "logins with a name that does not exist",
        Lane::LoginBadMfa => "logins with a wrong second factor",
        Lane::LoginLocked => "logins to locked or expired accounts",
        Lane::LoginOther => "logins that failed for another reason",
        Lane::LoginFailure => "logins that failed",
        Lane::SignupSuccess => "sign-ups",
        Lane::SignupFailure => "sign-ups that were refused",
        Lane::ResetSuccess => "password resets",
        Lane::ResetFailure => "password resets that were refused",
        Lane::LookupSuccess => "look-ups of names that exist",
        Lane::LookupFailure => "look-ups of names that do not exist",
        Lane::MfaSuccess => "right second factors",
        Lane::MfaFailure => "wrong second factors",
        Lane::TokenSuccess => "session tokens that were good",
        Lane::TokenFailure => "session tokens that were refused",
    }
}

fn window(window: Window) -> &'static str {
    match window {
        Window::TenMinutes => "within 10 minutes",
        Window::Short => "within 15 minutes",
        Window::HalfHour => "within half an hour",
        Window::TwelveHours => "within 12 hours",
        Window::Day => "within a day",
        Window::Month => "within 30 days",
        Window::Now => "so far",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::{Family, LogOdds};

    fn sample(measure: Measure, entity: &str) -> Reason {
        Reason {
            measure,
            entity: entity.parse().unwrap(),
            window: Window::Short,
            value: 41,
            error_permille: 0,
            limit: 15,
            family: Family::Breadth,
            weight: LogOdds(256),
        }
    }

    #[test]
    fn a_reason_says_who_did_what_how_often_and_what_is_usual() {
        let text = reason(&sample(Measure::DistinctUsers, "ip:203.0.113.9"));
        assert_eq!(
            text,
            "41 other users failed from 203.0.113.9 within 15 minutes (usual: 15)"
        );
        let text = reason(&sample(
            Measure::DistinctUsers,
            "password:~00000000000000ff",
        ));
        assert_eq!(
            text,
            "41 other users failed with this password within 15 minutes (usual: 15)"
        );
        let text = reason(&sample(Measure::FailingAddresses, "user:~00000000000000ff"));
        assert_eq!(
            text,
            "this user failed from 41 addresses within 15 minutes (limit 15)"
        );
    }

    #[test]
    fn an_exceeded_limit_is_said_without_the_decision_that_it_asks_for() {
        let mut over = sample(Measure::OverLimit, "ip:203.0.113.9");
        (over.value, over.limit, over.window) = (2, 300, Window::Now);
        assert_eq!(
            reason(&over),
            "more attempts from 203.0.113.9 than the operator's limit of 300"
        );
    }

    #[test]
    fn device_place_and_history_are_said_together() {
        let mut seen = sample(Measure::NewDevice, "user:~00000000000000ff");
        (seen.value, seen.limit) = (12, 0);
        assert_eq!(
            reason(&seen),
            "nobody has succeeded on this device yet, the place is a new one, and the user has logged in 12 times"
        );
        let excess = sample(Measure::Excess, "lane:login_bad_password");
        assert_eq!(
            reason(&excess),
            "41 logins with a wrong password from unknown devices and places within 15 minutes (usual: 15)"
        );
        let like = sample(Measure::LikeAttack, "asn:64500");
        assert_eq!(
            reason(&like),
            "AS64500 is 4.1 times as common in the present attack as among people"
        );
    }

    #[test]
    fn members_that_are_hashed_are_counted() {
        let shared: Vec<Entity> = [
            "tool:~00000000000000ff",
            "net:203.0.113.0/24",
            "password:~0000000000000001",
            "asn:64500",
            "password:~0000000000000002",
        ]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
        assert_eq!(
            members(&shared),
            [
                "the network 203.0.113.0/24",
                "AS64500",
                "one tool",
                "2 passwords"
            ]
        );
    }

    #[test]
    fn no_reason_shows_a_name_of_the_code() {
        for measure in Measure::ALL {
            let text = reason(&sample(*measure, "net:203.0.113.0/24"));
            assert!(!text.contains('_'), "{text}");
        }
    }
}
