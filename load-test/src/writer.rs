//! How a plan is written down as an event.
//!
//! Honest and attack plans pass the same writer: which optional fields stand in a record is decided
//! here, by the same chances for both, so that no field's presence gives an attack away.

use crate::agents::Moment;
use crate::digits;
use crate::mix::Fields;
use crate::names::Name;
use crate::networks::Place;
use crate::plan::{Endpoint, Labelled, Plan};
use crate::rng::{Rng, hash};
use credsieve_models::attempt::Kind;
use credsieve_models::time::{EpochMs, to_rfc3339};
use std::fmt::Write;
use std::net::IpAddr;

const DAY_MS: i64 = 86_400_000;

/// Writes plans down.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    rng: Rng,
    /// What passwords are is drawn from this.
    seed: u64,
    fields: Fields,
    /// The day that was written last, and how it reads: up to and with the `T`.
    day: (i64, String),
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
            day: (i64::MIN, String::new()),
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
        let mut event_id = String::with_capacity(32);
        digits::hex(self.rng.next(), 16, &mut event_id);
        digits::hex(self.rng.next(), 16, &mut event_id);
        let mut username = String::with_capacity(40);
        plan.name.write(&mut username);
        let mut json = String::with_capacity(640);
        json.push_str("{\"event_id\":\"");
        json.push_str(&event_id);
        json.push_str("\",\"time\":\"");
        self.time(time_ms, &mut json);
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
        json.push_str(",\"ip\":\"");
        address(plan.client.place.ip, &mut json);
        json.push('"');
        if let Some(device) = plan.client.device
            && self.has(self.fields.device_id)
        {
            json.push_str(",\"device_id\":\"d-");
            digits::hex(device, 16, &mut json);
            json.push('"');
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
        json.push_str(",\"password_fingerprint\":\"");
        digits::hex(fingerprint, 16, json);
        json.push('"');
    }

    /// Appends the time as RFC 3339. The same as the standard function writes, but for the day,
    /// which is worked out once a day.
    fn time(&mut self, time_ms: EpochMs, json: &mut String) {
        let (day, of_day) = (time_ms.div_euclid(DAY_MS), time_ms.rem_euclid(DAY_MS));
        if self.day.0 != day {
            let whole = to_rfc3339(time_ms);
            self.day = (day, whole[..=whole.find('T').unwrap_or(10)].to_owned());
        }
        json.push_str(&self.day.1);
        let of_day = of_day.unsigned_abs();
        digits::padded(of_day / 3_600_000, 2, json);
        json.push(':');
        digits::padded(of_day / 60_000 % 60, 2, json);
        json.push(':');
        digits::padded(of_day / 1_000 % 60, 2, json);
        json.push('.');
        digits::padded(of_day % 1_000, 3, json);
        json.push('Z');
    }

    fn network(&mut self, place: &Place, json: &mut String) {
        // A database knows both or neither of an address.
        let known = self.has(self.fields.network);
        if known && self.has(self.fields.asn) {
            json.push_str(",\"asn\":");
            digits::number(u64::from(place.asn), json);
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

fn address(ip: IpAddr, json: &mut String) {
    match ip {
        IpAddr::V4(v4) => {
            for (place, byte) in v4.octets().into_iter().enumerate() {
                if place > 0 {
                    json.push('.');
                }
                digits::number(u64::from(byte), json);
            }
        }
        IpAddr::V6(v6) => write!(json, "{v6}").expect("a String takes what is written"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_the_standard_function_writes_them() {
        let mut writer = Writer::new(1, 1, Fields::default());
        for time_ms in [0, 1_767_571_200_000, 1_767_657_599_999, 1_767_657_600_001] {
            let mut json = String::new();
            writer.time(time_ms, &mut json);
            assert_eq!(json, to_rfc3339(time_ms));
        }
    }
}
