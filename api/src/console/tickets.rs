//! Tickets: random texts that stand for a permission, for a while. Links and cookies are tickets.
//!
//! Only a hash is kept: looking it up tells nothing about a real ticket by its timing, and a dump
//! of the memory opens nothing. The number is bounded; the oldest ticket makes room for a new one.

use crate::auth::random_hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For whom a ticket was made.
#[derive(Clone, Debug)]
pub(crate) enum Holder {
    /// For whom the operator of the process shows it to.
    Operator,
    /// For who has the key of this id, for as long as it is good.
    Key(Arc<str>),
}

struct Ticket {
    issued_at: Instant,
    holder: Holder,
}

/// A store of tickets of one kind.
pub(crate) struct Tickets {
    lifetime: Duration,
    capacity: usize,
    issued: Mutex<HashMap<[u8; 32], Ticket>>,
}

impl Tickets {
    pub(crate) fn new(lifetime: Duration, capacity: usize) -> Self {
        Self {
            lifetime,
            capacity,
            issued: Mutex::new(HashMap::new()),
        }
    }

    /// A new ticket.
    pub(crate) fn issue(&self, holder: Holder) -> Result<String, getrandom::Error> {
        let text = random_hex()?;
        let mut issued = self.live();
        if issued.len() >= self.capacity {
            let oldest = issued
                .iter()
                .min_by_key(|(_, ticket)| ticket.issued_at)
                .map(|(hash, _)| *hash);
            if let Some(oldest) = oldest {
                issued.remove(&oldest);
            }
        }
        let issued_at = Instant::now();
        issued.insert(digest(&text), Ticket { issued_at, holder });
        Ok(text)
    }

    /// Uses a ticket up; `None` where there is none.
    pub(crate) fn redeem(&self, text: &str) -> Option<Holder> {
        self.live()
            .remove(&digest(text))
            .map(|ticket| ticket.holder)
    }

    /// Looks at a ticket without using it up.
    pub(crate) fn look(&self, text: &str) -> Option<Holder> {
        let issued = self.live();
        issued
            .get(&digest(text))
            .map(|ticket| ticket.holder.clone())
    }

    /// The tickets that have not expired.
    fn live(&self) -> MutexGuard<'_, HashMap<[u8; 32], Ticket>> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, ticket| ticket.issued_at.elapsed() < self.lifetime);
        issued
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_redeemed_once() {
        let tickets = Tickets::new(Duration::from_mins(1), 2);
        let text = tickets.issue(Holder::Operator).unwrap();
        assert!(tickets.look(&text).is_some());
        assert!(tickets.redeem(&text).is_some());
        assert!(tickets.redeem(&text).is_none());
        assert!(tickets.look("").is_none());
    }

    #[test]
    fn an_expired_ticket_opens_nothing() {
        let tickets = Tickets::new(Duration::ZERO, 2);
        let text = tickets.issue(Holder::Operator).unwrap();
        assert!(tickets.redeem(&text).is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let tickets = Tickets::new(Duration::from_mins(1), 2);
        let all: Vec<String> = (0..3)
            .map(|_| tickets.issue(Holder::Operator).unwrap())
            .collect();
        let live = all.iter().filter(|text| tickets.look(text).is_some());
        assert_eq!(live.count(), 2);
        assert!(tickets.look(&all[2]).is_some());
    }
}
