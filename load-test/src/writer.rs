//! How a plan is written down as an event.
//!
//! Honest and attack plans pass the same writer: which optional fields stand in a record is decided
//! here, by the same chances for both, so that no field's presence gives an attack away.

use crate::agents::Moment;
use crate::mix::Fields;
use crate::names::Name;
use crate::networks::Place;
use crate::plan::{Endpoint, Labelled, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::Kind;
use credsieve_models::time::{EpochMs, to_rfc3339};
use std::fmt::{Display, Write};

/// Writes plans down.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    rng: Rng,
    /// What passwords are is drawn from this.
    seed: u64,
    fields: Fields,
}

/// The digest of the right password of the account of that number.
pub(crate) fn right_password(seed: u64, number: u32) -> u64 {
    hash(seed, 16, u64::from(number))
}

impl Writer {
    pub(crate) fn new(seed: u64, people_seed: u64, fields: Fields) -> Self {
        Self {
            rng: Rng::new(seed),
            seed: people_seed,
            fields,
        }
    }

    /// Writes a plan down as the event of `time_ms`; `history` is `None` where the name is nobody's.
    pub(crate) fn write(
        &mut self,
        plan: &Plan,
        time_ms: EpochMs,
        moment: Moment,
        history: Option<u8>,
    ) -> Labelled {
        let event_id = format!("{:016x}{:016x}", self.rng.next(), self.rng.next());
        let mut username = String::with_capacity(40);
        plan.name.write(&mut username);
        let mut json = String::with_capacity(640);
        json.push_str("{\"event_id\":\"");
        json.push_str(&event_id);
        json.push_str("\",\"time\":\"");
        json.push_str(&to_rfc3339(time_ms));
        json.push('"');
        text(&mut json, "kind", plan.kind.name());
        text(&mut json, "outcome", plan.outcome().name());
        if let Some(reason) = plan.failure
            && self.has(self.fields.failure_reason)
        {
            text(&mut json, "failure_reason", reason.name());
        }
        // Names and agents are made here, of characters that JSON need not escape.
        text(&mut json, "username", &username);
        field(&mut json, "ip", &plan.client.place.ip);
        if let Some(device) = plan.client.device
            && self.has(self.fields.device_id)
        {
            field(&mut json, "device_id", &format_args!("d-{device:016x}"));
        }
        if let Some(mfa) = plan.mfa
            && self.has(self.fields.mfa)
        {
            text(&mut json, "mfa", mfa.name());
        }
        text(&mut json, "app", "harbour");
        text(
            &mut json,
            "endpoint",
            match plan.client.endpoint {
                Endpoint::Web => "web",
                Endpoint::App => "app",
                Endpoint::Api => "api",
            },
        );
        self.password(plan, &mut json);
        self.network(&plan.client.place, &mut json);
        if plan.breached && self.has(self.fields.breached_password) {
            json.push_str(",\"breached_password\":true");
        }
        if self.has(self.fields.user_agent) {
            json.push_str(",\"user_agent\":\"");
            plan.client.agent.write(moment, &mut json);
            json.push('"');
        }
        if self.has(self.fields.ja4) {
            json.push_str(",\"ja4\":\"");
            plan.client.agent.write_ja4(moment, &mut json);
            json.push('"');
        }
        json.push('}');
        Labelled {
            event_json: json,
            event_id,
            attack: plan.label.attack,
            class: plan.label.class,
            undecidable: plan.label.undecidable,
            of_a_person: history.is_some(),
            history: history.unwrap_or(0),
            kind: plan.kind,
            outcome: plan.outcome(),
            time_ms,
            username,
        }
    }

    fn has(&mut self, share: crate::mix::Percent) -> bool {
        self.rng.chance(share.in_10_000())
    }

    /// The tried password's digest: of what was tried at the login page, right or wrong.
    fn password(&mut self, plan: &Plan, json: &mut String) {
        if plan.kind != Kind::Login || !self.has(self.fields.password_fingerprint) {
            return;
        }
        let right = plan.failure.is_none();
        if right && !self.has(self.fields.right_password_fingerprint) {
            return;
        }
        let fingerprint = match (plan.fingerprint, plan.name) {
            (0, Name::Of(number)) => right_password(self.seed, number),
            (0, Name::Probe(number)) => hash(self.seed, 18, u64::from(number)),
            (0, _) => return,
            (fingerprint, _) => fingerprint,
        };
        field(
            json,
            "password_fingerprint",
            &format_args!("{fingerprint:016x}"),
        );
    }

    fn network(&mut self, place: &Place, json: &mut String) {
        // A database knows both or neither of an address.
        let known = self.has(self.fields.network);
        if known && self.has(self.fields.asn) {
            write!(json, ",\"asn\":{}", place.asn).expect("a String takes what is written");
        }
        if known && self.has(self.fields.country) {
            text(json, "country", place.country);
        }
    }
}

fn text(json: &mut String, name: &str, value: &str) {
    json.push_str(",\"");
    json.push_str(name);
    json.push_str("\":\"");
    json.push_str(value);
    json.push('"');
}

fn field(json: &mut String, name: &str, value: &dyn Display) {
    write!(json, ",\"{name}\":\"{value}\"").expect("a String takes what is written");
}
