//! What an answer says, as far as it is counted.

use super::Form;
use anyhow::{Context, bail};
use credsieve_models::Decision;
use hyper::StatusCode;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an answer says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    /// How often what was decided.
    pub decided: BTreeMap<Decision, u64>,
    /// How many events or questions were refused as none.
    pub refused: u64,
}

#[derive(Deserialize)]
struct Decided {
    decision: Decision,
}

#[derive(Deserialize)]
struct Ingested {
    rejected: u64,
}

#[derive(Deserialize)]
struct DecidedBatch {
    answers: Vec<OneOfBatch>,
}

/// An answer, or a problem, which has no decision.
#[derive(Deserialize)]
struct OneOfBatch {
    decision: Option<Decision>,
}

/// Reads an answer.
pub(super) fn read_answer(form: Form, status: StatusCode, text: &[u8]) -> anyhow::Result<Answered> {
    if !status.is_success() {
        let text = String::from_utf8_lossy(text);
        bail!("{status}: {}", text.chars().take(300).collect::<String>());
    }
    let mut answered = Answered::default();
    match form {
        Form::Events => {
            let answer: Ingested =
                serde_json::from_slice(text).context("an answer without its counts")?;
            answered.refused = answer.rejected;
        }
        Form::Decide => {
            let answer: Decided =
                serde_json::from_slice(text).context("an answer without a decision")?;
            answered.decided.insert(answer.decision, 1);
        }
        Form::DecideBatch => {
            let batch: DecidedBatch =
                serde_json::from_slice(text).context("an answer without its answers")?;
            for answer in batch.answers {
                match answer.decision {
                    Some(decision) => *answered.decided.entry(decision).or_default() += 1,
                    None => answered.refused += 1,
                }
            }
        }
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_of_a_batch_that_was_refused_is_told_from_one_that_was_answered() {
        let text = br#"{"answers":[{"decision":"allow","score":0.1},{"problem":{"status":422}},{"decision":"allow"}]}"#;
        let answered = read_answer(Form::DecideBatch, StatusCode::OK, text).unwrap();
        assert_eq!(answered.decided, BTreeMap::from([(Decision::Allow, 2)]));
        assert_eq!(answered.refused, 1);
    }

    #[test]
    fn a_refusal_is_an_error_with_its_reason() {
        let error =
            read_answer(Form::Decide, StatusCode::UNAUTHORIZED, b"no such key").unwrap_err();
        assert_eq!(error.to_string(), "401 Unauthorized: no such key");
    }
}
