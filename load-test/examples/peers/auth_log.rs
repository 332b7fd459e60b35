//! Logins as sshd would log them, for detectors that read such logs.

use credsieve_models::Attempt;
use credsieve_models::attempt::{FailureReason, Outcome};
use credsieve_models::time::to_rfc3339;
use std::io::Write;

/// One line. An event without a name is one that sshd could not log, and is left out.
pub fn write(out: &mut impl Write, attempt: &Attempt) -> std::io::Result<()> {
    let Some(user) = attempt.username.as_deref() else {
        return Ok(());
    };
    let words = match (attempt.outcome, attempt.failure_reason) {
        (Some(Outcome::Success), _) => "Accepted password for",
        (_, Some(FailureReason::UnknownUser)) => "Failed password for invalid user",
        _ => "Failed password for",
    };
    // No name may look like the words around it.
    let user: String = user
        .chars()
        .map(|c| if c.is_whitespace() { '_' } else { c })
        .collect();
    let (time, ip) = (to_rfc3339(attempt.time_ms), attempt.ip);
    writeln!(
        out,
        "{time} host sshd[1]: {words} {user} from {ip} port 22 ssh2"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_like_a_line_of_sshd_and_a_name_stays_one_word() {
        let event = br#"{"event_id":"e","time":"2026-01-05T10:00:00.250Z","outcome":"failure",
            "failure_reason":"unknown_user","ip":"2001:db8::1","username":"eve from 10.0.0.1"}"#;
        let mut out = Vec::new();
        write(&mut out, &Attempt::parse(event, i64::MAX).unwrap()).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "2026-01-05T10:00:00.250Z host sshd[1]: Failed password for invalid user \
             eve_from_10.0.0.1 from 2001:db8::1 port 22 ssh2\n"
        );
    }
}
