//! How an attempt is judged: what is known about it, its reasons, the limit it is held against, the decision.

use super::learn::{member, retry_key, wrong_try};
use super::{Arrival, InForce, UserShard, names_looked_up, row_from};
use crate::delta::AskedScore;
use crate::frame::Frame;
use crate::judgement::Judgement;
use crate::now::Now;
use crate::pattern::Pattern;
use crate::place::PlaceFacts;
use crate::score::{self, Decided, Familiarity};
use crate::session;
use crate::signals::{self, Known, UserFacts};
use credsieve_models::attempt::Kind;
use credsieve_models::verdict::{Attack, Decision, LogOdds, Reason, Score};

/// Which limits an attempt is held against.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// As it comes.
    AtOnce,
    /// Some minutes later.
    Again,
}

/// A judgement with what it was based on, to learn from.
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) user: UserFacts,
    /// Of an attack on the account: what is held against the account itself is left out.
    pub(super) log_odds: i32,
    /// How much of it was learned here, in hindsight.
    pub(super) shifted: i32,
    pub(super) pattern: Pattern,
    pub(super) stranger: bool,
    /// What a question about it would have come to.
    pub(super) question: Option<AskedScore>,
}

impl UserShard {
    pub(super) fn judge(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        over_limit: bool,
    ) -> Judged {
        let (frame, now) = (arrival.frame, arrival.now);
        let mut user = frame
            .user
            .and_then(|key| self.users.get(key, key))
            .map_or_else(UserFacts::unknown, |record| record.facts(frame, now));
        user.over_limit = over_limit;
        // Whoever switches the guess off has a known device again.
        let off = &force.policy.signals.off;
        if user.copied_device && off.iter().any(|signal| signal == "user.copied_device") {
            (user.known_device, user.copied_device) = (true, false);
        }
        self.judge_known(arrival, force, user, When::AtOnce)
    }

    /// What an attempt, or a question, repeats.
    pub(super) fn tell_repeats(
        &self,
        frame: &Frame,
        now: Now,
        force: InForce<'_>,
        user: &mut UserFacts,
    ) {
        let now_s = now.watermark_s();
        if let Some(wrong) = wrong_try(frame, force.hasher) {
            user.same_again = self.wrongs.is_stale(&wrong, now_s);
            user.passwords = self.wrongs.passwords(&wrong, now_s);
            user.elsewhere = self.wrongs.elsewhere(&wrong, now_s);
        }
        // Whoever repeats one and the same wrong thing is known by that.
        if let Some(program) = retry_key(frame, force.hasher)
            && !user.same_again
        {
            user.retries = self.wrongs.retries(program, now_s);
        }
    }

    /// Judges by what is known of the user: as the attempt came, or with what has become known since.
    pub(super) fn judge_known(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        mut user: UserFacts,
        when: When,
    ) -> Judged {
        let (frame, now, policy) = (arrival.frame, arrival.now, force.policy);
        self.tell_repeats(frame, now, force, &mut user);
        let facts = (arrival.source, arrival.entity, &user);
        let at_s = i64::from(now.watermark_s());
        let known = Known::new(policy, frame, at_s, facts, force.service);
        let mut reasons = signals::reasons(&known);
        reasons.extend(by_hand(arrival, force));
        let shared = known.shared();
        let log_odds = score::log_odds(policy, &reasons, shared);
        let doubt = signals::doubt(&known, log_odds);
        let is_doubted = doubt.is_some();
        // No budget of logins is spent on it: of accounts that are doubted next to none are people's.
        let limit = if is_doubted {
            LogOdds(0)
        } else {
            limit(arrival, force, &known, when)
        };
        reasons.extend(doubt);
        let decided = decide(arrival, force, &known, &reasons, (limit, when));
        let (pattern, stranger, shifted) = (known.pattern, known.stranger, known.shifted());
        Judged {
            judgement: self.judgement(arrival, force, &known, reasons, (decided, is_doubted)),
            user,
            log_odds: log_odds.0,
            shifted,
            pattern,
            stranger,
            question: None,
        }
    }

    /// The judgement as it is told.
    fn judgement(
        &self,
        arrival: &Arrival<'_>,
        force: InForce<'_>,
        known: &Known<'_>,
        mut reasons: Vec<Reason>,
        (decided, is_doubted): (Decided, bool),
    ) -> Judgement {
        let (frame, now) = (arrival.frame, arrival.now);
        let flagged = decided.decision != Decision::Allow;
        // What is flagged is told whole: somebody has to answer for it, and API nodes go by it.
        if !flagged {
            signals::tell_what_counts(&mut reasons);
        }
        reasons.sort_by_key(|r| (std::cmp::Reverse(r.weight.0.abs()), r.measure, r.entity));
        // An account of the attack's own is nobody's that fell.
        let attack = if is_doubted && flagged {
            Attack::FakeSignup
        } else {
            attack(frame, decided.attack)
        };
        let remember_ms = force.policy.decision.remember.ms;
        Judgement {
            marks: known.marks,
            decision: decided.decision,
            score: decided.score,
            attack,
            reasons,
            session_id: flagged
                .then(|| session::id(force.hasher, frame.address, arrival.source.session_start_s)),
            campaign_id: flagged
                .then(|| force.service.campaign_of(&member(frame, now, attack)))
                .flatten()
                .map(|found| found.id),
            expires_at_ms: flagged.then(|| now.watermark_ms() + remember_ms),
            late: now.is_late(),
            shared_address: known.shared(),
            known_devices: if flagged {
                frame.user.map_or_else(Vec::new, |user| self.devices(user))
            } else {
                Vec::new()
            },
        }
    }
}

/// From which log-odds the attempt is challenged.
fn limit(arrival: &Arrival<'_>, force: InForce<'_>, known: &Known<'_>, when: When) -> LogOdds {
    let (frame, at_s) = (arrival.frame, known.at_s);
    let limit = match when {
        // A question about a login comes before its outcome: who is asked may be about to succeed.
        When::AtOnce if frame.asks_about_login() => force.service.limit_of_question(at_s),
        When::AtOnce => force.service.limit(at_s, known.lane),
        When::Again => force.service.limit_again(at_s, known.lane),
    };
    if frame.kind != Kind::Lookup {
        return limit;
    }
    let tried = arrival.source.ip.day_users;
    // The rows of those who are known are not remembered.
    let from = if known.stranger {
        row_from(frame, tried, force.hasher)
    } else {
        0
    };
    let names = names_looked_up(frame, tried);
    limit.max(force.service.lowest_of_look_ups(names, from))
}

/// What is decided, held against the limit.
fn decide(
    arrival: &Arrival<'_>,
    force: InForce<'_>,
    known: &Known<'_>,
    reasons: &[Reason],
    (limit, when): (LogOdds, When),
) -> Decided {
    // Whether it is a copy is a guess: its owner is never locked out by it.
    let familiarity = if known.user.known_device || known.user.copied_device {
        Familiarity::Known
    } else {
        Familiarity::Unfamiliar
    };
    // Of what is scored again the owner of an account is asked, and stopped by nothing: that is worth it earlier than the
    // policy's threshold.
    let least = match when {
        When::Again if limit.0 < 0 => Score(0),
        _ => force.policy.decision.challenge.0,
    };
    let mut decided = score::decide_from(
        force.policy,
        reasons,
        familiarity,
        known.shared(),
        limit,
        least,
    );
    if !may_block(arrival) && !score::is_blocked_by_hand(reasons, familiarity) {
        decided.decision = decided.decision.min(Decision::Challenge);
    }
    decided
}

/// Whoever is blocked cannot show that it was a mistake. So only what is loud is, and no look-up or sign-up: they let nobody
/// into what is somebody else's. What comes too late to be counted is held against counts of another time.
fn may_block(arrival: &Arrival<'_>) -> bool {
    is_loud(&arrival.source.ip)
        && !arrival.now.is_late()
        && !matches!(arrival.frame.kind, Kind::Lookup | Kind::Signup)
}

/// An address is loud from so many users tried, or failures, on, and so many more for each who
/// belongs there.
const LOUD: (u32, u32) = (20, 10);

fn is_loud(ip: &PlaceFacts) -> bool {
    let tried = ip.short_users.max(ip.short_failures);
    tried > LOUD.0 + LOUD.1 * ip.good_users
}

/// The reasons of what the operator decided by hand.
fn by_hand(arrival: &Arrival<'_>, force: InForce<'_>) -> Vec<Reason> {
    let (frame, now) = (arrival.frame, arrival.now);
    // A question has a clock of its own, and the stream may be quiet.
    let asked_ms = if frame.outcome.is_none() {
        frame.clock_ms
    } else {
        now.watermark_ms()
    };
    let list = force
        .service
        .lists()
        .lookup_asked(&frame.subject(), now.watermark_ms(), asked_ms);
    signals::explicit(force.policy, force.hasher, frame, list)
}

/// What kind of attack this attempt is part of: what was attempted says more than the counts.
fn attack(frame: &Frame, found: Attack) -> Attack {
    match (found, frame.kind) {
        (Attack::None, _) => Attack::None,
        (_, Kind::Signup) => Attack::FakeSignup,
        (_, Kind::Lookup) => Attack::Enumeration,
        _ if frame.succeeded() => Attack::AccountTakeover,
        (found, _) => found,
    }
}
