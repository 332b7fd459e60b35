//! What becomes of a visit: one attempt, or several with the mistakes that people make.

use super::visits::Visit;
use super::{People, SECOND, Trait, popular_password};
use crate::names::Name;
use crate::plan::{Client, Endpoint, Label, Plan};
use crate::rng::{Rng, hash};
use crate::writer::right_password;
use credsieve_models::attempt::{FailureReason, Kind, Mfa};

impl Visit {
    /// The attempts of the visit.
    pub(crate) fn attempts(self, people: &People, rng: &mut Rng, out: &mut Vec<Plan>) {
        let Self { person, mut plan } = self;
        let crowds = people.crowds();
        if plan.client.endpoint == Endpoint::App
            && plan.client.device.is_some()
            && rng.chance(crowds.habits.token.in_10_000())
        {
            token(plan, rng, out);
            return;
        }
        let machine = plan.client.endpoint == Endpoint::Api;
        if machine && rng.chance(crowds.script.trials.in_10_000()) {
            plan = trials(people, person, plan, rng, out);
        }
        let manager = machine || people.is(person, Trait::Manager, crowds.habits.password_manager);
        if !machine && rng.chance(crowds.habits.lookup.in_10_000()) {
            plan = look_up(plan, person, rng, out);
        }
        let typos = &crowds.typos;
        // Fat fingers: some slip three times as often as others, and on phones more than on desks.
        let slips = 50 + people.drawn(person, Trait::Typist) / 100;
        let slips = if plan.client.agent.is_phone() {
            slips * 3 / 2
        } else {
            slips
        };
        let drawn = rng.below(10_000) * 100 / slips.max(1);
        let (name, domain) = (typos.name.in_10_000(), typos.domain.in_10_000());
        let password = typos.password.in_10_000();
        if !machine && rng.chance(crowds.forgotten.share.in_10_000()) {
            match forgotten(people, plan, rng, out) {
                Some(later) => plan = later,
                None => return,
            }
        } else if !manager && drawn < name + domain {
            plan = wrong_name(people, person, plan, drawn < domain, rng, out);
        } else if !manager && drawn < name + domain + password {
            match wrong_password(people, person, plan, rng, out) {
                Some(later) => plan = later,
                None => return,
            }
        }
        second_factor(people, person, plan, rng, out);
    }
}

/// The same plan in another crowd, where it was in an ordinary one.
fn labelled(plan: Plan, class: &'static str) -> Plan {
    const OWN: [&str; 8] = [
        "travel",
        "vpn",
        "relay",
        "launch",
        "new_device",
        "script",
        "lab",
        "kiosk",
    ];
    if OWN.contains(&plan.label.class) {
        return plan;
    }
    Plan {
        label: Label::honest(class),
        ..plan
    }
}

/// The app presents what it was given at the last login.
fn token(plan: Plan, rng: &mut Rng, out: &mut Vec<Plan>) {
    let token = Plan {
        kind: Kind::Token,
        ..plan
    };
    if rng.chance(200) {
        out.push(token.failing(FailureReason::Expired, 0));
        out.push(plan.later(rng.between(3, 30) * SECOND));
    } else {
        out.push(token);
    }
}

/// Somebody works on a program: a wrong name or password in it fails until it is found.
fn trials(people: &People, person: u32, plan: Plan, rng: &mut Rng, out: &mut Vec<Plan>) -> Plan {
    let mut plan = plan;
    let bits = u16::try_from(rng.below(1 << 16)).expect("16 bits");
    let wrong = hash(people.seed, 49, u64::from(person) ^ u64::from(bits));
    let name = match bits % 4 {
        0 => Name::Mistyped(person, bits),
        1 => Name::WrongDomain(person, bits),
        _ => plan.name,
    };
    for _ in 0..rng.between(1, 5) {
        let tried = Plan { name, ..plan };
        out.push(if name == plan.name {
            tried.failing(FailureReason::BadPassword, wrong)
        } else {
            tried.failing(
                FailureReason::UnknownUser,
                right_password(people.seed, person),
            )
        });
        plan = plan.later(rng.between(8, 90) * SECOND);
    }
    plan
}

/// The page asks for the name first.
fn look_up(plan: Plan, person: u32, rng: &mut Rng, out: &mut Vec<Plan>) -> Plan {
    let lookup = Plan {
        kind: Kind::Lookup,
        ..plan
    };
    if rng.chance(700) {
        let bits = u16::try_from(rng.below(1 << 16)).expect("16 bits");
        let typed = Plan {
            name: Name::Mistyped(person, bits),
            ..lookup
        };
        out.push(typed.failing(FailureReason::UnknownUser, 0));
        out.push(lookup.later(rng.between(4, 15) * SECOND));
        return plan.later(rng.between(18, 30) * SECOND);
    }
    out.push(lookup);
    plan.later(rng.between(4, 20) * SECOND)
}

/// The right password under a name that is not quite right.
fn wrong_name(
    people: &People,
    person: u32,
    plan: Plan,
    domain: bool,
    rng: &mut Rng,
    out: &mut Vec<Plan>,
) -> Plan {
    let mut plan = labelled(plan, "typo");
    let password = right_password(people.seed, person);
    let bits = u16::try_from(rng.below(1 << 16)).expect("16 bits");
    let name = if domain {
        Name::WrongDomain(person, bits)
    } else {
        Name::Mistyped(person, bits)
    };
    // The eye passes over it, and the same thing is sent once more.
    for _ in 0..=rng.below(10) / 8 {
        let slip = Plan { name, ..plan };
        out.push(slip.failing(FailureReason::UnknownUser, password));
        plan = plan.later(rng.between(3, 20) * SECOND);
    }
    plan
}

/// A slip in the password, or an old one; `None` where nobody tries again.
fn wrong_password(
    people: &People,
    person: u32,
    plan: Plan,
    rng: &mut Rng,
    out: &mut Vec<Plan>,
) -> Option<Plan> {
    let typos = &people.crowds().typos;
    let mut plan = labelled(plan, "typo");
    let typed = match rng.below(100) {
        // The one for something else, or the one before: the same each time it is tried.
        0..18 => hash(people.seed, 46, (u64::from(person) << 2) | rng.below(3)),
        18..20 => popular_password(rng.below(20)),
        _ => rng.next(),
    };
    out.push(plan.failing(FailureReason::BadPassword, typed));
    plan = plan.later(rng.between(3, 15) * SECOND);
    if rng.chance(typos.same_again.in_10_000()) {
        out.push(plan.failing(FailureReason::BadPassword, typed));
        plan = plan.later(rng.between(3, 20) * SECOND);
    }
    if rng.chance(typos.other_again.in_10_000()) {
        out.push(plan.failing(FailureReason::BadPassword, rng.next()));
        plan = plan.later(rng.between(5, 25) * SECOND);
    }
    (!rng.chance(typos.give_up.in_10_000())).then_some(plan)
}

/// Several guesses, then a new one; `None` for those who go away.
fn forgotten(people: &People, plan: Plan, rng: &mut Rng, out: &mut Vec<Plan>) -> Option<Plan> {
    let knobs = &people.crowds().forgotten;
    let mut plan = labelled(plan, "forgotten");
    let Name::Of(person) = plan.name else {
        return Some(plan);
    };
    let guesses = rng.between(2, 5);
    for guess in 0..guesses {
        let typed = if rng.chance(knobs.popular.in_10_000()) {
            popular_password(rng.below(12))
        } else if rng.chance(5_000) {
            hash(people.seed, 46, (u64::from(person) << 2) | (guess % 3))
        } else {
            rng.next()
        };
        let reason = if guess == 4 {
            FailureReason::Locked
        } else {
            FailureReason::BadPassword
        };
        out.push(plan.failing(reason, typed));
        plan = plan.later(rng.between(5, 25) * SECOND);
    }
    if rng.chance(knobs.abandon.in_10_000()) {
        return None;
    }
    out.push(Plan {
        kind: Kind::PasswordReset,
        ..plan
    });
    Some(plan.later(rng.between(60, 240) * SECOND))
}

/// The login itself, after which a second factor may be asked for.
fn second_factor(people: &People, person: u32, mut plan: Plan, rng: &mut Rng, out: &mut Vec<Plan>) {
    let Client { endpoint, .. } = plan.client;
    if rng.chance(8) {
        // The password has run out, and a new one is set.
        out.push(plan.failing(FailureReason::Expired, 0));
        plan = plan.later(rng.between(30, 90) * SECOND);
    }
    if endpoint != Endpoint::Api && people.has_mfa(person) {
        if rng.chance(250) {
            out.push(plan.failing(FailureReason::BadMfa, 0));
            plan = plan.later(rng.between(10, 40) * SECOND);
        }
        plan.mfa = Some(Mfa::Passed);
    }
    out.push(plan);
}
