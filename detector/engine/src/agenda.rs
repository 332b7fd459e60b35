//! The agenda: in which shards something waits for its time. Without it each tick would have to look
//! into every shard, and most ticks have an attempt or two.
//!
//! It says nothing that the shards do not know themselves: a snapshot leaves it out.

/// Stands for nothing to do.
const NEVER: i64 = i64::MAX;

/// When each User shard is to be looked into next.
pub(crate) struct Agenda {
    /// The tick of the oldest late write that waits.
    writes: Vec<i64>,
    /// The oldest of these.
    first_write: i64,
    /// The watermark, in seconds, at which a watched attempt may be due: never too late.
    watched: Vec<i64>,
    /// The first of these.
    first_watched: i64,
}

impl Agenda {
    /// Nothing waits.
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            writes: vec![NEVER; shards],
            first_write: NEVER,
            watched: vec![NEVER; shards],
            first_watched: NEVER,
        }
    }

    /// Late writes of `tick` wait in a shard. Ticks come in their order.
    pub(crate) fn writes_wait(&mut self, shard: usize, tick: i64) {
        self.writes[shard] = self.writes[shard].min(tick);
        self.first_write = self.first_write.min(tick);
    }

    /// The oldest late writes of a shard were taken; `next` is the tick of those that still wait.
    pub(crate) fn writes_taken(&mut self, shard: usize, next: Option<i64>) {
        self.writes[shard] = next.unwrap_or(NEVER);
        self.first_write = self.writes.iter().copied().fold(NEVER, i64::min);
    }

    /// The oldest tick up to `latest` of which late writes wait.
    pub(crate) fn oldest_writes(&self, latest: i64) -> Option<i64> {
        (self.first_write <= latest && self.first_write != NEVER).then_some(self.first_write)
    }

    /// Whether the oldest late writes that wait in a shard are those of `tick`.
    pub(crate) fn has_writes_of(&self, shard: usize, tick: i64) -> bool {
        self.writes[shard] == tick
    }

    /// A watched attempt of a shard may be due at `at_s`.
    pub(crate) fn watched_until(&mut self, shard: usize, at_s: u32) {
        self.watched[shard] = self.watched[shard].min(i64::from(at_s));
        self.first_watched = self.first_watched.min(i64::from(at_s));
    }

    /// A shard was looked into; `next_s` is when its next watched attempt is due.
    pub(crate) fn watched_taken(&mut self, shard: usize, next_s: Option<u32>) {
        self.watched[shard] = next_s.map_or(NEVER, i64::from);
        self.first_watched = self.watched.iter().copied().fold(NEVER, i64::min);
    }

    /// Whether a watched attempt of any shard may be due.
    pub(crate) fn any_watched(&self, now_s: u32) -> bool {
        self.first_watched <= i64::from(now_s)
    }

    /// Whether a watched attempt of a shard may be due.
    pub(crate) fn is_watched(&self, shard: usize, now_s: u32) -> bool {
        self.watched[shard] <= i64::from(now_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_writes_come_first_and_none_before_their_tick() {
        let mut agenda = Agenda::new(3);
        agenda.writes_wait(2, 7);
        agenda.writes_wait(0, 8);
        agenda.writes_wait(2, 8);
        assert_eq!(agenda.oldest_writes(6), None);
        assert_eq!(agenda.oldest_writes(9), Some(7));
        assert!(agenda.has_writes_of(2, 7) && !agenda.has_writes_of(0, 7));
        agenda.writes_taken(2, Some(8));
        assert_eq!(agenda.oldest_writes(9), Some(8));
        agenda.writes_taken(0, None);
        agenda.writes_taken(2, None);
        assert_eq!(agenda.oldest_writes(i64::MAX), None);
    }

    #[test]
    fn what_is_told_of_a_shard_in_any_order_is_not_missed() {
        let mut agenda = Agenda::new(3);
        agenda.writes_taken(0, Some(9));
        agenda.writes_taken(1, Some(7));
        agenda.writes_taken(2, None);
        assert_eq!(agenda.oldest_writes(9), Some(7));
    }

    #[test]
    fn a_shard_is_looked_into_when_its_first_watched_attempt_is_due() {
        let mut agenda = Agenda::new(2);
        agenda.watched_until(1, 300);
        agenda.watched_until(1, 400);
        assert!(!agenda.any_watched(299));
        assert!(agenda.any_watched(300) && agenda.is_watched(1, 300) && !agenda.is_watched(0, 300));
        agenda.watched_taken(1, Some(400));
        assert!(!agenda.any_watched(399));
        agenda.watched_taken(1, None);
        assert!(!agenda.any_watched(u32::MAX));
    }
}
