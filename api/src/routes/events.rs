//! `POST /v1/events`: events without a Kafka client.
//!
//! A line that is no attempt never spoils the others: it is counted, named in the answer, and goes
//! to the dead letters like one that came over Kafka, where there is Kafka.

use crate::error::{ApiError, Problem};
use crate::extract::{RawBody, media_type};
use crate::json_array;
use crate::schema::EventSchema;
use crate::state::{ApiState, now_ms};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use credsieve_detector::ingest::Taken;
use credsieve_models::attempt::unknown_fields;
use serde::Serialize;
use utoipa::ToSchema;

/// Events of a call whose fields are looked through: a misspelt one stands in every event.
const LOOKED_THROUGH: usize = 100;
/// Names of unknown fields that are told.
const MOST_NAMES: usize = 8;

/// How many events one call may hold.
pub const MAX_EVENTS: usize = 10_000;

/// What became of the events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventsAnswer {
    /// Events that are safe: the broker has them, or their outcome is stored.
    accepted: usize,
    /// So many of these were at least a quarter of an hour older than others before them: they were held against counts of
    /// another time, and count for little. Told where there is no Kafka; where there is, the detector's metric `credsieve_engine_late_total` does.
    late: usize,
    /// Lines that are no event.
    rejected: usize,
    /// Each of these, in order.
    rejects: Vec<RejectedLine>,
    /// Names in the first hundred events that are no fields and were ignored: eight at most.
    unknown_fields: Vec<String>,
}

/// A line that is no event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedLine {
    /// Its number, from 1: the line of NDJSON, or the element of the array.
    line: usize,
    /// The field that is wrong; empty where the line as a whole is meant.
    field: &'static str,
    /// What is wrong, for programs.
    kind: &'static str,
    /// What is wrong, and what was expected.
    reason: String,
}

/// Sends events.
///
/// NDJSON (one event a line) or a JSON array of at most 10,000 events. The answer comes when the
/// events are safe. On a 503 send all of them again: repeats are recognised by `event_id`.
#[utoipa::path(
    post, path = "/v1/events", tag = "events", security(("key" = ["ingest"])),
    request_body(content(
        (EventSchema = "application/x-ndjson"),
        (Vec<EventSchema> = "application/json"),
    )),
    responses(
        (status = 200, description = "What became of them", body = EventsAnswer),
        (status = 422, description = "No line is an event: each with what is wrong", body = EventsAnswer),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn events(
    State(state): State<ApiState>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<EventsAnswer>), ApiError> {
    let ingest = state
        .parts
        .ingest
        .as_ref()
        .ok_or(ApiError::NotHere("intake for events"))?;
    let numbered = records(&media_type(&headers), &body)?;
    if numbered.len() > MAX_EVENTS {
        return Err(ApiError::TooLarge("10,000 events".to_owned()));
    }
    let (numbers, records): (Vec<usize>, Vec<Vec<u8>>) = numbered
        .into_iter()
        .map(|(number, record)| (number, record.to_vec()))
        .unzip();
    let unknown_fields = unknown_fields_of(&records);
    let taken = ingest.ingest(records, now_ms()).await?;
    if taken.len() != numbers.len() {
        return Err(ApiError::Internal("the intake lost count"));
    }
    let rejects: Vec<RejectedLine> = numbers
        .into_iter()
        .zip(&taken)
        .filter_map(|(line, taken)| match taken {
            Taken::Accepted | Taken::Late => None,
            Taken::Rejected(reject) => Some(RejectedLine {
                line,
                field: reject.field,
                kind: reject.kind.name(),
                reason: reject.to_string(),
            }),
        })
        .collect();
    for reject in &rejects {
        state.metrics.rejected(reject.kind);
    }
    // Whoever sends another format must not take it for a success; of some lines the rest is safe.
    let nothing = !rejects.is_empty() && rejects.len() == taken.len();
    let status = if nothing {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let answer = EventsAnswer {
        accepted: taken.len() - rejects.len(),
        late: taken.iter().filter(|taken| **taken == Taken::Late).count(),
        rejected: rejects.len(),
        rejects,
        unknown_fields,
    };
    Ok((status, Json(answer)))
}

fn unknown_fields_of(records: &[Vec<u8>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in records
        .iter()
        .take(LOOKED_THROUGH)
        .flat_map(|record| unknown_fields(record))
    {
        if names.len() < MOST_NAMES && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The records of a body with their numbers; of more than a call may hold, one more. Blank lines are
/// no records.
fn records<'a>(media_type: &str, body: &'a [u8]) -> Result<Vec<(usize, &'a [u8])>, ApiError> {
    match media_type {
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok((1..)
            .zip(body.split(|byte| *byte == b'\n'))
            .map(|(number, line)| (number, line.trim_ascii()))
            .filter(|(_, line)| !line.is_empty())
            .take(MAX_EVENTS + 1)
            .collect()),
        "application/json" => {
            let elements = json_array::elements(body, MAX_EVENTS).map_err(|at| {
                let column = at.0;
                ApiError::Syntax(format!(
                    "expected an array of events; it breaks at column {column}"
                ))
            })?;
            Ok((1..).zip(elements).collect())
        }
        _ => Err(ApiError::MediaType(
            "application/x-ndjson or application/json",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_fields_are_told_once_and_not_without_end() {
        let records = |text: &str| vec![text.as_bytes().to_vec(); 3];
        let told = |text: &str| unknown_fields_of(&records(text));
        assert_eq!(
            told(r#"{"user_name":"a","ip":"192.0.2.1","mail":"b"}"#),
            ["user_name", "mail"]
        );
        assert!(told(r#"{"ip":"192.0.2.1"}"#).is_empty());
        assert!(told("no JSON").is_empty());
        let another = |n: usize| format!(r#"{{"x{n}":1}}"#).into_bytes();
        let others: Vec<Vec<u8>> = (0..50).map(another).collect();
        assert_eq!(unknown_fields_of(&others).len(), MOST_NAMES);
    }

    #[test]
    fn no_more_records_are_cut_out_than_are_taken_and_one() {
        for (media_type, body) in [
            ("application/x-ndjson", "1\n".repeat(3 * MAX_EVENTS)),
            (
                "application/json",
                format!("[1{}]", ",1".repeat(3 * MAX_EVENTS)),
            ),
        ] {
            let found = records(media_type, body.as_bytes()).unwrap();
            assert_eq!(found.len(), MAX_EVENTS + 1);
        }
    }

    #[test]
    fn blank_lines_count_as_lines_but_are_no_records() {
        let found = records("application/x-ndjson", b"{}\r\n\n  {} \n").unwrap();
        assert_eq!(found, [(1, b"{}".as_slice()), (3, b"{}".as_slice())]);
    }
}
