//! What is learned from a judged attempt: at the user at once, everywhere else late.
//!
//! Only what was not suspect teaches what a user looks like. What belongs to whom does not depend on
//! verdicts: a success on a device known before counts whatever was decided.

use super::wrongs::WrongTry;
use super::{
    Arrival, FOR_A_WHILE_S, InForce, Judged, UserRecord, UserShard, names_looked_up, row_from,
};
use crate::delta::{Change, Lesson, Link, Seen};
use crate::entity::links_of;
use crate::fixed::probability;
use crate::frame::{Frame, counts_as_failure};
use crate::near::NearNames;
use crate::now::Now;
use crate::place::PlaceFacts;
use crate::service::bulk::NamesThere;
use crate::service::campaigns::Member;
use crate::service::limits::people_in;
use crate::signals::HARDLY_KNOWN;
use credsieve_models::attempt::{FailureReason, Kind};
use credsieve_models::key::Domain;
use credsieve_models::verdict::{Attack, Decision, LogOdds, Measure};
use credsieve_models::{KeyHasher, Lane};

impl UserShard {
    /// Learns from the judged attempt, and sends what earlier rooms must learn.
    pub(super) fn learn(&mut self, arrival: &Arrival<'_>, force: InForce<'_>, judged: &Judged) {
        let (frame, now) = (arrival.frame, arrival.now);
        if judged.judgement.decision != Decision::Allow {
            self.send(
                arrival,
                Change::Flagged {
                    address: frame.address.packed(),
                    session_start_s: arrival.source.session_start_s,
                    at_s: now.watermark_s(),
                },
            );
        }
        let seen = seen(arrival, force, judged);
        if seen.is_plain() {
            let people = people_in(seen.log_odds);
            self.outbox.plain.add(arrival.tick, people);
        } else {
            self.teach(arrival, Lesson::Seen(seen));
        }
        let Some(user) = frame.user else { return };
        if frame.tries_name() {
            self.learn_try(arrival, force.hasher, user, judged);
        }
        if frame.proves_user() || (frame.kind == Kind::Signup && frame.succeeded()) {
            self.learn_success(arrival, force, user, judged);
        }
    }

    /// A try by a stranger counts against where it came from; one by somebody who belongs there is
    /// taken back.
    fn learn_try(&mut self, arrival: &Arrival<'_>, hasher: &KeyHasher, user: u64, judged: &Judged) {
        let (frame, now) = (arrival.frame, arrival.now);
        let address = frame.address.packed();
        let time_ms = now.time_ms();
        if let Some(wrong) = wrong_try(frame, hasher) {
            self.wrongs.count(&wrong, now.watermark_s());
        }
        if !judged.stranger || judged.user.same_again {
            if let Some(sight) = arrival.source.user_sight {
                self.send(
                    arrival,
                    Change::Excused {
                        address,
                        time_ms,
                        sight,
                    },
                );
            }
            return;
        }
        if let Some(program) = retry_key(frame, hasher)
            && judged.judgement.decision != Decision::Block
        {
            self.wrongs.go_on(program, now.watermark_s());
        }
        self.send(
            arrival,
            Change::Stranger {
                address,
                user,
                time_ms,
            },
        );
        let flagged = judged.judgement.decision != Decision::Allow && shows_at_the_user(frame);
        if let Some(sight) = arrival.source.user_sight
            && counts_as_failure(frame)
            && let Some(record) = self.users.get_mut(user, user)
        {
            record.add_failure(frame, sight.pane, sight.short, flagged);
        }
        let pane = now.pane();
        for (link, key, pair) in linked(frame, hasher, user) {
            let sight = self.short.insert(pair, pane);
            let change = Change::Failed {
                link,
                key,
                pane,
                sight,
            };
            self.send(arrival, change);
        }
    }

    /// A success above suspicion teaches what the user's logins look like. It earns its address
    /// standing, and so does one on a device that was known before, whatever the verdict: else one
    /// wrong challenge would confirm itself for ever. A sign-up begins what is known of a user.
    fn learn_success(
        &mut self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        user: u64,
        judged: &Judged,
    ) {
        let (frame, now) = (arrival.frame, arrival.now);
        let Some(record) = self.users.get_mut(user, user) else {
            return;
        };
        // While nobody is known, whoever has the right password belongs where it was given.
        let cold = force.service.lanes().learned() < HARDLY_KNOWN;
        learn_account(record, frame, now, judged, cold);
        let above_suspicion = judged.judgement.decision == Decision::Allow || frame.mfa_passed;
        if !above_suspicion && !judged.user.known_device {
            record.suspect(frame, now);
            if cold && frame.proves_user() {
                self.send_good(arrival, user);
            }
            return;
        }
        let is_signup_again = frame.kind == Kind::Signup && record.logins() > 0;
        // What comes with a copy is no owner's, and an account of the attack's own earns nothing, unless a second factor
        // says otherwise.
        let is_doubtful =
            judged.user.copied_device || judged.judgement.attack == Attack::FakeSignup;
        if is_signup_again || (is_doubtful && !frame.mfa_passed) {
            return;
        }
        let pane = now.pane();
        let is_known = judged.user.known_device || judged.user.copied_device;
        let device = frame.device.filter(|_| !is_known);
        let password = frame.password.filter(|_| !judged.user.good_password);
        record.learn(frame, now);
        // Again now and then, since names are forgotten after a month or two.
        let newly_named = (record.logins() <= 1 || record.logins().is_multiple_of(16))
            && frame.near != NearNames::default();
        let established = cold || record.is_established(frame);
        for (link, key) in [(Link::Device, device), (Link::Password, password)] {
            if let Some(key) = key {
                self.send(arrival, Change::Owned { link, key, pane });
            }
        }
        if newly_named {
            let named = Lesson::Named {
                near: frame.near,
                pane: now.month_pane(),
            };
            self.teach(arrival, named);
        }
        if established && frame.proves_user() {
            self.send_good(arrival, user);
        }
    }

    /// Tells the Source room that a user belongs at the attempt's address, if it does not know it.
    fn send_good(&mut self, arrival: &Arrival<'_>, user: u64) {
        if arrival.source.counted_good {
            return;
        }
        self.send(
            arrival,
            Change::Good {
                address: arrival.frame.address.packed(),
                user,
                time_ms: arrival.now.time_ms(),
            },
        );
    }
}

/// What a success says of how the account began, and whether it is its owner's.
fn learn_account(record: &mut UserRecord, frame: &Frame, now: Now, judged: &Judged, cold: bool) {
    if frame.kind == Kind::Signup {
        if record.logins() == 0 && !cold {
            let was_asked = judged.judgement.decision != Decision::Allow;
            record.doubt(judged.log_odds, was_asked);
        }
        record.sign_up(now);
    } else {
        record.take_sign_up();
        record.doubt_less(now);
    }
    if frame.mfa_passed {
        record.trust();
    }
}

/// What the Service room learns.
fn seen(arrival: &Arrival<'_>, force: InForce<'_>, judged: &Judged) -> Seen {
    let (frame, now) = (arrival.frame, arrival.now);
    let for_a_while = judged.user.since_login_s >= FOR_A_WHILE_S;
    let first = if frame.tries_name() {
        arrival
            .source
            .user_sight
            .is_some_and(|sight| sight.short.in_window)
            && !judged.user.same_again
    } else {
        for_a_while || judged.stranger
    };
    let trusted = if !frame.proves_user() || !first || frame.user.is_none() {
        0
    } else if judged.stranger {
        // While little is known, whoever is let in is what there is to go by.
        256 - force.service.lanes().learned()
    } else {
        256
    };
    // What hindsight makes of a value would else come back as what the value is like.
    let by_the_card = judged.log_odds - judged.shifted;
    Seen {
        lane: frame.lane(),
        pattern: judged.pattern,
        hostile: probability(LogOdds(by_the_card)).0,
        hostile_but_for_retries: probability(LogOdds(by_the_card - by_retries(judged))).0,
        log_odds: judged.log_odds,
        shifted: judged.shifted,
        marks: judged.judgement.marks,
        stranger: judged.stranger,
        first,
        near_name: (frame.failure_reason == Some(FailureReason::UnknownUser) && judged.stranger)
            .then_some(arrival.entity.near_names > 0),
        signed_s: judged.user.signed_s.filter(|_| frame.proves_user()),
        vindicates: frame.proves_user() && judged.user.failed_here,
        wronged: wronged(frame, judged),
        trusted: u16::try_from(trusted).unwrap_or(0),
        country: frame.country.unwrap_or_default(),
        agent: frame.agent.unwrap_or(0),
        endpoint: frame.endpoint.unwrap_or(0),
        shape: frame.shape,
        breached: frame.breached(),
        may_show: may_show(frame, &arrival.source.ip),
        names_there: names_looked_up(frame, arrival.source.ip.day_users),
        in_session: arrival.source.in_session,
        retries: judged.user.retries,
        row_from: row_from(frame, arrival.source.ip.day_users, force.hasher),
        says_other: says_other(frame),
        question: judged.question,
        flagged: judged.judgement.decision != Decision::Allow,
        member: member(frame, now, judged.judgement.attack),
    }
}

/// What its retries took from the log-odds of an attempt.
fn by_retries(judged: &Judged) -> i32 {
    let reasons = judged.judgement.reasons.iter();
    let of_retries = reasons.filter(|reason| reason.measure == Measure::RetriesLikeAttack);
    of_retries.map(|reason| reason.weight.0).sum()
}

/// Whether a failed login says `other` where a service that tells its reasons would say whether name or password
/// was wrong. That an account is locked or a code is wrong, many say who say nothing else.
pub(super) fn says_other(frame: &Frame) -> Option<bool> {
    let failed_login = frame.kind == Kind::Login && frame.failed();
    let told = match frame.failure_reason {
        _ if frame.says_other => Some(true),
        Some(FailureReason::BadPassword | FailureReason::UnknownUser) => Some(false),
        _ => None,
    };
    told.filter(|_| failed_login)
}

/// The lane in which a person was challenged, as a success shows from where a failure had been flagged. (Look-ups and
/// sign-ups: `service/shows.rs`.)
fn wronged(frame: &Frame, judged: &Judged) -> Option<Lane> {
    let allowed = judged.judgement.decision == Decision::Allow;
    let flagged = judged.user.flagged_here;
    flagged.filter(|_| allowed && frame.proves_user())
}

/// Whether what was flagged of it is remembered at the user: who asks for what needs no secret shows it elsewhere.
pub(super) fn shows_at_the_user(frame: &Frame) -> bool {
    !matches!(frame.kind, Kind::Lookup | Kind::Signup) && frame.lane() != Lane::LoginUnknownUser
}

/// Whether a person who was challenged here could show it later: by a flag that the user's record keeps, or by going
/// on. A success with a token, a reset, one look-up of many, what has no user and what failed for no fault of anybody's
/// never do, and their silence must not make the score look too modest.
pub(super) fn may_show(frame: &Frame, ip: &PlaceFacts) -> bool {
    let silent = frame.kind == Kind::PasswordReset
        || (frame.kind == Kind::Signup && frame.failed())
        || frame.lane() == Lane::LoginUnknownUser
        || names_looked_up(frame, ip.day_users) == NamesThere::Many;
    frame.user.is_some() && frame.tries_name() && !silent
}

/// The links of a try, each with the pair that it makes with the user.
pub(super) fn linked(
    frame: &Frame,
    hasher: &KeyHasher,
    user: u64,
) -> impl Iterator<Item = (Link, u64, u64)> {
    links_of(frame).map(move |(link, key)| {
        let pair = hasher.hash_words(Domain::Pair, user, key ^ link.tag());
        (link, key, pair)
    })
}

/// An attempt as campaigns see it.
pub(super) fn member(frame: &Frame, now: Now, attack: Attack) -> Member {
    Member {
        time_ms: now.time_ms(),
        at_s: now.watermark_s(),
        attack,
        tenant: frame.tenant,
        address: frame.address.packed(),
        asn: frame.asn.unwrap_or(0),
        user: frame.user.unwrap_or(0),
        device: frame.device.unwrap_or(0),
        password: frame.password.unwrap_or(0),
        tool: frame.tool.unwrap_or(0),
        fell: frame.proves_user() && attack != Attack::FakeSignup,
    }
}

/// What a program is recognised by that goes on with a name: also of a question, before the outcome. A second factor that is
/// wrong is another prompt each time, which somebody may yield to.
pub(super) fn retry_key(frame: &Frame, hasher: &KeyHasher) -> Option<u64> {
    let failed = counts_as_failure(frame) && frame.failure_reason != Some(FailureReason::BadMfa);
    let of_login = frame.kind == Kind::Login && (failed || frame.outcome.is_none());
    if !of_login {
        return None;
    }
    let (user, program, asn) = (frame.user?, frame.agent?, frame.asn?);
    let place = program ^ u64::from(asn).rotate_left(32);
    Some(hasher.hash_words(Domain::Pair, user, place ^ 12u64.rotate_right(8)))
}

/// What a wrong attempt is recognised by when it comes again.
pub(super) fn wrong_try(frame: &Frame, hasher: &KeyHasher) -> Option<WrongTry> {
    // A question too: the same wrong thing is hardly ever right in the end.
    let is_question = frame.outcome.is_none() && matches!(frame.kind, Kind::Login | Kind::Token);
    if !counts_as_failure(frame) && !is_question {
        return None;
    }
    let user = frame.user?;
    let key = |password: u64, what: u64| {
        let place = frame.address.near().packed() ^ password.rotate_left(1);
        hasher.hash_words(Domain::Pair, user, place ^ what.rotate_right(8))
    };
    Some(WrongTry {
        same: key(frame.password.unwrap_or(0), 9),
        any: key(0, 10),
        anywhere: frame.password.map(|password| {
            let program = frame.agent.unwrap_or(0) ^ password.rotate_left(1);
            hasher.hash_words(Domain::Pair, user, program ^ 11u64.rotate_right(8))
        }),
        may_be_right: is_question || frame.failure_reason == Some(FailureReason::BadMfa),
    })
}
