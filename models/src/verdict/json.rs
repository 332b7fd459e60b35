//! Verdicts and answers as JSON, the same bytes as `Serialize` gives, for where thousands a second are
//! written: nearly all of it is known not to need escaping, and its numbers are short decimals.

use super::{Attack, Reason, Score, SessionId, Verdict};
use crate::key::Entity;
use crate::text::{Short, decimal};
use crate::time::{self, EpochMs};

impl Verdict {
    /// Room for a verdict as JSON, in bytes; most take less.
    pub const JSON_BYTES: usize = 1_280;

    /// Appends the verdict as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut json = JsonWriter::new(out);
        json.raw("{\"verdict_id\":");
        json.hex(self.verdict_id.0);
        json.raw(",\"event_id\":");
        json.text(&self.event_id);
        json.raw(",\"revision\":");
        json.number(self.revision);
        json.raw(",\"time\":");
        json.instant(self.time_ms);
        json.raw(",\"decided_at\":");
        json.instant(self.decided_at_ms);
        json.raw(",\"tenant\":");
        json.text(&self.tenant);
        json.raw(",\"decision\":");
        json.plain(self.decision.name());
        json.why(self.score, self.attack, &self.reasons, self.session_id);
        json.raw(",\"campaign_id\":");
        json.or_null(self.campaign_id, |json, id| json.hex(id.0));
        json.raw(",\"expires_at\":");
        json.or_null(self.expires_at_ms, JsonWriter::instant);
        json.raw(",\"policy\":");
        json.text(&self.policy);
        json.raw(",\"mode\":");
        json.plain(self.mode.name());
        json.raw("}");
    }
}

/// Appends JSON to a buffer. Which marks stand between what it appends is the caller's to know.
pub struct JsonWriter<'a> {
    out: &'a mut Vec<u8>,
}

/// Entities that stand in the text already: most reasons are about the same few.
#[derive(Default)]
struct Written {
    /// From where to where, with the quotation marks.
    places: [Option<(Entity, usize, usize)>; 6],
    count: usize,
}

impl Written {
    fn find(&self, entity: Entity) -> Option<(usize, usize)> {
        let known = self.places.iter().flatten();
        let found = known.copied().find(|(other, ..)| *other == entity);
        found.map(|(_, from, until)| (from, until))
    }

    fn note(&mut self, entity: Entity, from: usize, until: usize) {
        if let Some(place) = self.places.get_mut(self.count) {
            *place = Some((entity, from, until));
            self.count += 1;
        }
    }
}

impl<'a> JsonWriter<'a> {
    /// Appends to this buffer.
    #[must_use]
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Text that is JSON already: marks and the names of fields.
    pub fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A text of ours: nothing in it needs escaping.
    pub fn plain(&mut self, text: &str) {
        self.out.push(b'"');
        self.raw(text);
        self.out.push(b'"');
    }

    fn short(&mut self, text: &Short) {
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
    }

    /// Anybody's text.
    pub fn text(&mut self, text: &str) {
        // All bytes, without a look at each answer: that is several at once.
        let escapes = |byte: u8| [byte < 0x20, byte == b'"', byte == b'\\'].map(u8::from);
        let any = |found, byte| escapes(byte).iter().fold(found, |found, one| found | one);
        if text.bytes().fold(0, any) != 0 {
            // To write into memory cannot fail.
            serde_json::to_writer(&mut *self.out, text).unwrap_or_default();
        } else {
            self.plain(text);
        }
    }

    /// A value, or `null`.
    pub fn or_null<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.raw("null"),
        }
    }

    fn hex(&mut self, id: u128) {
        let mut text = Short::new();
        text.hex(id.to_be_bytes());
        self.short(&text);
    }

    /// An instant, in RFC 3339.
    pub fn instant(&mut self, ms: EpochMs) {
        self.short(&time::short(ms));
    }

    /// What verdicts and answers say alike beside the decision, behind another field.
    pub fn why(
        &mut self,
        score: Score,
        attack: Attack,
        reasons: &[Reason],
        session_id: Option<SessionId>,
    ) {
        self.raw(",\"score\":");
        self.decimal::<10_000, 4>(u32::from(score.0));
        self.raw(",\"attack\":");
        self.plain(attack.name());
        self.raw(",\"reasons\":");
        self.reasons(reasons);
        self.raw(",\"session_id\":");
        self.or_null(session_id, |json, id| json.hex(id.0));
    }

    fn reasons(&mut self, reasons: &[Reason]) {
        let mut written = Written::default();
        for (n, reason) in reasons.iter().enumerate() {
            self.raw(if n == 0 { "[{" } else { ",{" });
            self.reason(reason, &mut written);
        }
        self.raw(if reasons.is_empty() { "[]" } else { "]" });
    }

    fn number(&mut self, number: u32) {
        if let (Ok(digit), 0..10) = (u8::try_from(number), number) {
            self.out.push(b'0' + digit);
            return;
        }
        let mut room = [0; 10];
        self.out.extend_from_slice(decimal(number, &mut room));
    }

    /// `parts / WHOLE`, which has at most `DIGITS` digits after the point: without trailing zeros it
    /// is the shortest text of that number.
    fn decimal<const WHOLE: u32, const DIGITS: usize>(&mut self, parts: u32) {
        self.number(parts / WHOLE);
        let mut text = [b'0'; DIGITS];
        let mut rest = u64::from(parts % WHOLE);
        let mut count = 0;
        for digit in &mut text {
            rest *= 10;
            // A part of a whole is less than ten tenths.
            *digit += u8::try_from(rest / u64::from(WHOLE)).unwrap_or(0);
            rest %= u64::from(WHOLE);
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.out.push(b'.');
        self.out.extend_from_slice(&text[..count]);
    }

    fn entity(&mut self, entity: Entity, written: &mut Written) {
        if let Some((from, until)) = written.find(entity) {
            self.out.extend_from_within(from..until);
        } else {
            let from = self.out.len();
            self.short(&entity.short());
            written.note(entity, from, self.out.len());
        }
    }

    fn reason(&mut self, reason: &Reason, written: &mut Written) {
        self.raw("\"signal\":\"");
        self.raw(reason.entity.dimension().name());
        self.raw(".");
        self.raw(reason.measure.name());
        self.raw("\",\"entity\":");
        self.entity(reason.entity, written);
        self.raw(",\"window\":");
        self.plain(reason.window.name());
        self.raw(",\"value\":");
        self.number(reason.value);
        self.raw(",\"error\":");
        self.decimal::<1_000, 3>(u32::from(reason.error_permille));
        self.raw(",\"limit\":");
        self.number(reason.limit);
        self.raw(",\"family\":");
        self.plain(reason.family.name());
        self.raw(",\"weight\":");
        if reason.weight.0 < 0 {
            self.out.push(b'-');
        }
        self.decimal::<256, 8>(reason.weight.0.unsigned_abs());
        self.raw("}");
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;
    use crate::verdict::{CampaignId, Decision, LogOdds, Measure, Score};
    use crate::{Address, Entity, Lane};
    use proptest::prelude::*;

    fn agrees(verdict: &Verdict) {
        let mut ours = b"before".to_vec();
        verdict.write_json(&mut ours);
        let theirs = serde_json::to_string(verdict).unwrap();
        assert_eq!(String::from_utf8(ours).unwrap(), format!("before{theirs}"));
    }

    fn entity() -> impl Strategy<Value = Entity> {
        (
            any::<std::net::IpAddr>(),
            any::<u64>(),
            any::<u32>(),
            0..10u8,
        )
            .prop_map(|(ip, key, asn, which)| {
                let address = Address::new(ip).unwrap_or(Address::from_packed(key));
                match which {
                    0 => Entity::Ip(address),
                    1 => Entity::Net(address.near()),
                    2 => Entity::Net(address.wide()),
                    3 => Entity::Asn(asn),
                    4 => Entity::Device(key),
                    5 => Entity::User(key),
                    6 => Entity::Tool(key),
                    7 => Entity::Password(key),
                    8 => Entity::Lane(Lane::ALL[usize::from(ip.is_ipv4())]),
                    _ => Entity::Country(*b"PL"),
                }
            })
    }

    proptest! {
        #[test]
        fn it_is_what_the_serializer_writes(
            event_id in "\\PC{0,20}|[\"\\\\\u{1}\n/a]{0,9}",
            ms in 0..=time::MAX_EPOCH_MS,
            score in 0..=10_000u16,
            reasons in prop::collection::vec(
                (entity(), any::<u32>(), 0..Measure::ALL.len(), -30_000..30_000i32, any::<u16>()),
                0..4,
            ),
            campaign in prop::option::of(any::<u128>()),
            decision in prop::sample::select(Decision::ALL),
        ) {
            let mut verdict = sample();
            verdict.event_id = event_id;
            verdict.time_ms = ms;
            verdict.expires_at_ms = (ms % 2 == 0).then_some(ms);
            verdict.score = Score(score);
            verdict.campaign_id = campaign.map(CampaignId);
            verdict.session_id = verdict.session_id.filter(|_| ms % 3 == 0);
            verdict.decision = decision;
            let one = verdict.reasons[0];
            verdict.reasons = reasons
                .into_iter()
                .map(|(entity, value, measure, weight, error_permille)| Reason {
                    entity,
                    value,
                    measure: Measure::ALL[measure],
                    weight: LogOdds(weight),
                    error_permille,
                    limit: value / 3,
                    ..one
                })
                .collect();
            agrees(&verdict);
        }
    }

    #[test]
    fn every_score_and_every_weight_is_the_shortest_text_of_its_number() {
        let mut verdict = sample();
        for n in 0..=10_000 {
            verdict.score = Score(n);
            for sign in [1, -1] {
                verdict.reasons[0].weight = LogOdds(sign * i32::from(n));
                verdict.reasons[0].error_permille = n;
                agrees(&verdict);
            }
        }
        for weight in [i32::MIN, i32::MAX, 1 << 24, -(1 << 20) - 1] {
            verdict.reasons[0].weight = LogOdds(weight);
            agrees(&verdict);
        }
    }
}
