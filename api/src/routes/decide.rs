//! `POST /v1/decide`: what would this attempt get? Asked before the password is checked.
//!
//! Answered from memory. A caller who gets no answer in time lets the login pass.

use crate::answer::{Answer, Basis, BatchAnswer};
use crate::error::{ApiError, Problem};
use crate::extract::{RawBody, expect_json};
use crate::json_array;
use crate::schema::{AnswerSchema, BatchAnswerSchema, QuestionSchema};
use crate::state::{ApiState, Decider, now_ms};
use axum::extract::State;
use axum::http::HeaderMap;
use credsieve_engine::{Frame, Judgement};
use credsieve_models::Decision;
use credsieve_models::attempt::Attempt;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::Mode;
use std::sync::Arc;

/// How many questions a batch may hold.
pub const MAX_BATCH: usize = 1_000;

/// What would this attempt get?
///
/// The body is an attempt without its outcome. `event_id` may be absent, `time` and `outcome` are
/// ignored. Unknown fields are ignored too, and named in the answer. Ask before the password is checked, with a short time limit, and let the login pass
/// when there is no answer.
#[utoipa::path(
    post, path = "/v1/decide", tag = "decide", security(("key" = ["decide"])),
    request_body = QuestionSchema,
    responses(
        (status = 200, description = "What to do", body = AnswerSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn decide(
    State(state): State<ApiState>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Answer, ApiError> {
    expect_json(&headers)?;
    let now = now_ms();
    let (frame, about) = read(&state, &body, now)?;
    let mut answers = judge(&state, vec![frame], now).await?;
    let answer = answers
        .judgements
        .pop()
        .ok_or(ApiError::Internal("the engine gave no answer"))?;
    Ok(answers.origin.answer(&state, about, answer))
}

/// What would these attempts get?
///
/// The body is an array of at most 1,000 questions. A question that cannot be read has a problem
/// in its place; the others are answered.
#[utoipa::path(
    post, path = "/v1/decide/batch", tag = "decide", security(("key" = ["decide"])),
    request_body = Vec<QuestionSchema>,
    responses(
        (status = 200, description = "One answer a question, in their order", body = BatchAnswerSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn decide_batch(
    State(state): State<ApiState>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<BatchAnswer, ApiError> {
    expect_json(&headers)?;
    let records =
        json_array::elements(&body, MAX_BATCH).map_err(|json_array::NotAnArray(column)| {
            ApiError::Syntax(format!(
                "expected an array of questions; it breaks at column {column}"
            ))
        })?;
    if records.len() > MAX_BATCH {
        return Err(ApiError::TooLarge("1,000 questions".to_owned()));
    }
    let now = now_ms();
    let mut frames = Vec::with_capacity(records.len());
    let questions: Vec<Result<About, ApiError>> = records
        .into_iter()
        .map(|record| {
            let (frame, about) = read(&state, record, now)?;
            frames.push(frame);
            Ok(about)
        })
        .collect();
    let answers = judge(&state, frames, now).await?;
    let mut judgements = answers.judgements.into_iter();
    let answers = questions
        .into_iter()
        .map(|question| match question {
            Ok(about) => {
                let judgement = judgements
                    .next()
                    .ok_or(ApiError::Internal("the engine gave too few answers"))?;
                Ok(Ok(answers.origin.answer(&state, about, judgement)))
            }
            Err(error) => Ok(Err(Problem::from(&error))),
        })
        .collect::<Result<_, ApiError>>()?;
    Ok(BatchAnswer(answers))
}

/// What an answer says of its question.
struct About {
    /// The id, where one was given.
    event_id: Option<String>,
    unknown_fields: Vec<String>,
}

/// Reads a question and fills in what the databases know, as the stream does.
fn read(state: &ApiState, record: &[u8], now: EpochMs) -> Result<(Frame, About), ApiError> {
    let mut question = Attempt::parse_question(record, now)?;
    let attempt = &mut question.attempt;
    state.parts.enrich.apply(attempt);
    let frame = Frame::new(attempt, now, &state.parts.hasher, &state.parts.names);
    let event_id = (!attempt.event_id.is_empty()).then(|| attempt.event_id.as_ref().to_owned());
    let about = About {
        event_id,
        unknown_fields: question.unknown_fields,
    };
    Ok((frame, about))
}

/// Judgements and where they come from.
struct Judged {
    judgements: Vec<Judgement>,
    origin: Origin,
}

#[derive(Clone, Copy)]
struct Origin {
    basis: Basis,
    as_of: EpochMs,
}

async fn judge(state: &ApiState, frames: Vec<Frame>, now: EpochMs) -> Result<Judged, ApiError> {
    match &state.parts.decider {
        Decider::Engine(engine) => {
            let answers = engine.decide(frames).await?;
            let origin = Origin {
                basis: Basis::Engine,
                // Of an engine that has seen nothing all that is known holds now.
                as_of: match answers.as_of_ms {
                    0 => now,
                    watermark_ms => watermark_ms,
                },
            };
            Ok(Judged {
                judgements: answers.judgements,
                origin,
            })
        }
        Decider::Replica { replica, lists } => {
            let policy = &state.parts.policy;
            let lists = Arc::clone(&lists.borrow());
            let judgements = frames
                .iter()
                .map(|frame| replica.decide(frame, policy, &lists, now))
                .collect();
            let origin = Origin {
                basis: Basis::Replica,
                as_of: now,
            };
            Ok(Judged { judgements, origin })
        }
    }
}

impl Origin {
    fn answer(self, state: &ApiState, about: About, judgement: Judgement) -> Answer {
        state.metrics.answered(judgement.decision);
        let mode = state.parts.policy.mode.0;
        let (decision, would) = match mode {
            Mode::Enforce => (judgement.decision, None),
            Mode::Shadow => (Decision::Allow, Some(judgement.decision)),
        };
        Answer {
            event_id: about.event_id,
            decision,
            would,
            score: judgement.score,
            attack: judgement.attack,
            reasons: judgement.reasons,
            session_id: judgement.session_id,
            expires_at: judgement.expires_at_ms,
            as_of: self.as_of,
            basis: self.basis,
            policy: Arc::clone(&state.policy_hash),
            mode,
            unknown_fields: about.unknown_fields,
        }
    }
}
