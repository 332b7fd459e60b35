//! What a question is answered with, as JSON. Written by hand, as verdicts are: by `Serialize` it took
//! nearly a third of the time of a batch.

use crate::error::Problem;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{JsonWriter, Mode, SessionId};
use credsieve_models::{Attack, Decision, Reason, Score};
use std::sync::Arc;

/// Room for an answer as JSON, in bytes; most take less.
const JSON_BYTES: usize = 1_024;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub(crate) enum Basis {
    Engine,
    Replica,
}

impl Basis {
    fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Replica => "replica",
        }
    }
}

/// The answer to a question.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(crate) struct Answer {
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) event_id: Option<String>,
    pub(crate) decision: Decision,
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) would: Option<Decision>,
    pub(crate) score: Score,
    pub(crate) attack: Attack,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) session_id: Option<SessionId>,
    #[cfg_attr(test, serde(with = "credsieve_models::time::rfc3339::option"))]
    pub(crate) expires_at: Option<EpochMs>,
    #[cfg_attr(test, serde(with = "credsieve_models::time::rfc3339"))]
    pub(crate) as_of: EpochMs,
    pub(crate) basis: Basis,
    pub(crate) policy: Arc<str>,
    pub(crate) mode: Mode,
    /// A misspelt field would be missed by nothing else.
    #[cfg_attr(test, serde(skip_serializing_if = "Vec::is_empty"))]
    pub(crate) unknown_fields: Vec<String>,
}

impl Answer {
    fn write_json(&self, json: &mut JsonWriter<'_>) {
        json.raw("{");
        if let Some(event_id) = &self.event_id {
            json.raw("\"event_id\":");
            json.text(event_id);
            json.raw(",");
        }
        json.raw("\"decision\":");
        json.plain(self.decision.name());
        if let Some(would) = self.would {
            json.raw(",\"would\":");
            json.plain(would.name());
        }
        json.why(self.score, self.attack, &self.reasons, self.session_id);
        json.raw(",\"expires_at\":");
        json.or_null(self.expires_at, JsonWriter::instant);
        json.raw(",\"as_of\":");
        json.instant(self.as_of);
        json.raw(",\"basis\":");
        json.plain(self.basis.name());
        json.raw(",\"policy\":");
        json.text(&self.policy);
        json.raw(",\"mode\":");
        json.plain(self.mode.name());
        for (n, name) in self.unknown_fields.iter().enumerate() {
            json.raw(if n == 0 { ",\"unknown_fields\":[" } else { "," });
            json.text(name);
        }
        json.raw(if self.unknown_fields.is_empty() {
            "}"
        } else {
            "]}"
        });
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut out = Vec::with_capacity(JSON_BYTES);
        self.write_json(&mut JsonWriter::new(&mut out));
        json_response(out)
    }
}

/// The answers to a batch, in its order: each an answer, or what is wrong with the question.
pub(crate) struct BatchAnswer(pub(crate) Vec<Result<Answer, Problem>>);

impl BatchAnswer {
    fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.0.len() * JSON_BYTES);
        out.extend_from_slice(b"{\"answers\":[");
        for (n, answer) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            match answer {
                Ok(answer) => answer.write_json(&mut JsonWriter::new(&mut out)),
                Err(problem) => {
                    out.extend_from_slice(b"{\"problem\":");
                    // To write into memory cannot fail.
                    serde_json::to_writer(&mut out, problem).unwrap_or_default();
                    out.push(b'}');
                }
            }
        }
        out.extend_from_slice(b"]}");
        out
    }
}

impl IntoResponse for BatchAnswer {
    fn into_response(self) -> Response {
        json_response(self.to_json())
    }
}

fn json_response(json: Vec<u8>) -> Response {
    let mut response = Response::new(Bytes::from(json).into());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use credsieve_models::verdict::{Family, LogOdds, Measure, Window};
    use credsieve_models::{Entity, Lane};

    fn answer() -> Answer {
        Answer {
            event_id: None,
            decision: Decision::Allow,
            would: None,
            score: Score(9_730),
            attack: Attack::CredentialStuffing,
            reasons: Vec::new(),
            session_id: None,
            expires_at: None,
            as_of: 1_800_000_000_001,
            basis: Basis::Engine,
            policy: "b5c1".into(),
            mode: Mode::Enforce,
            unknown_fields: Vec::new(),
        }
    }

    fn written(answer: &Answer) -> String {
        let mut out = Vec::new();
        answer.write_json(&mut JsonWriter::new(&mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_answer_is_what_the_serializer_writes() {
        let reason = Reason {
            measure: Measure::DistinctUsers,
            entity: Entity::Lane(Lane::ALL[0]),
            window: Window::Short,
            value: 41,
            error_permille: 18,
            limit: 8,
            family: Family::Breadth,
            weight: LogOdds(-300),
        };
        let full = Answer {
            event_id: Some("a \"quoted\" one\n".to_owned()),
            would: Some(Decision::Block),
            reasons: vec![reason, reason],
            session_id: Some(SessionId(7)),
            expires_at: Some(1_800_000_600_000),
            basis: Basis::Replica,
            mode: Mode::Shadow,
            unknown_fields: vec!["user_agnet".to_owned(), "\"x\"".to_owned()],
            ..answer()
        };
        for answer in [answer(), full] {
            assert_eq!(written(&answer), serde_json::to_string(&answer).unwrap());
        }
    }

    #[test]
    fn answers_to_a_batch_stand_in_its_order_with_what_is_wrong_with_a_question() {
        let problem = || Problem::from(&ApiError::MediaType("application/json"));
        let (one, other) = (
            written(&answer()),
            serde_json::to_string(&problem()).unwrap(),
        );
        for (answers, text) in [
            (vec![], r#"{"answers":[]}"#.to_owned()),
            (
                vec![Ok(answer()), Err(problem()), Ok(answer())],
                format!(r#"{{"answers":[{one},{{"problem":{other}}},{one}]}}"#),
            ),
        ] {
            let json = BatchAnswer(answers).to_json();
            assert_eq!(String::from_utf8(json).unwrap(), text);
        }
    }
}
