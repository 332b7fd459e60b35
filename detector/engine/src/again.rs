//! Scoring again: what was let in is looked at once more when more is known, tick by tick.

use crate::engine::{Engine, TOGETHER};
use crate::entity::EntityFacts;
use crate::judgement::Observed;
use crate::now::Now;
use crate::shard::Route;
use crate::source::Spots;
use crate::user::{Arrival, InForce, Watched};

impl Engine {
    /// Scores the watched attempts again that are due, in the order of time and event.
    pub(crate) fn score_again(&mut self, tick: i64, now: Now, out: &mut Vec<Observed>) {
        let now_s = now.watermark_s();
        if !self.agenda.any_watched(now_s) {
            return;
        }
        let mut due = Vec::new();
        for (shard, user) in self.users.iter_mut().enumerate() {
            if self.agenda.is_watched(shard, now_s) {
                due.extend(user.due(now).into_iter().map(|(w, last)| (shard, w, last)));
                self.agenda.watched_taken(shard, user.next_due_s());
            }
        }
        due.sort_by(|(_, a, _), (_, b, _)| {
            (a.frame.time_ms, &a.words.event_id).cmp(&(b.frame.time_ms, &b.words.event_id))
        });
        let mut due = due.into_iter();
        while !due.as_slice().is_empty() {
            let together = due.as_slice().len().min(TOGETHER);
            self.prefetch_watched(&due.as_slice()[..together]);
            self.score_together(tick, now, due.by_ref().take(together), out);
        }
    }

    /// Asks for what watched attempts will look at: first the keys of all, then the records.
    fn prefetch_watched(&self, together: &[(usize, Box<Watched>, bool)]) {
        let mut spots = [Spots::default(); TOGETHER];
        for ((shard, watched, _), spots) in together.iter().zip(&mut spots) {
            let frame = &watched.frame;
            *spots = Spots::of(frame, &self.hasher);
            let source = Route::source_of(frame.address.packed(), &self.hasher, self.budget.shards);
            self.sources[source].prefetch_places(spots);
            self.prefetch_link_keys(frame);
            if let Some(user) = frame.user {
                self.users[*shard].prefetch_keys(user);
            }
        }
        for ((shard, watched, _), spots) in together.iter().zip(&spots) {
            let frame = &watched.frame;
            let source = Route::source_of(frame.address.packed(), &self.hasher, self.budget.shards);
            self.sources[source].prefetch_place_records(spots);
            self.prefetch_link_records(frame);
            if let Some(user) = frame.user {
                self.users[*shard].prefetch_record(user);
            }
        }
    }

    fn score_together(
        &mut self,
        tick: i64,
        now: Now,
        due: impl Iterator<Item = (usize, Box<Watched>, bool)>,
        out: &mut Vec<Observed>,
    ) {
        for (shard, watched, last) in due {
            let frame = watched.frame;
            let route = Route::of(&frame, &self.hasher, self.budget.shards);
            let spots = Spots::of(&frame, &self.hasher);
            let source = self.sources[route.source].peek(&spots, now, &self.policy);
            let mut entity = EntityFacts::default();
            self.read_links(&frame, now, |_| true, &mut entity);
            let arrival = Arrival {
                frame: &frame,
                now,
                tick,
                source: &source,
                entity: &entity,
            };
            let force = InForce {
                policy: &self.policy,
                service: &self.service,
                hasher: &self.hasher,
            };
            let revision = self.users[shard].score_again(watched, last, &arrival, force);
            self.look_again(shard);
            self.agenda.writes_wait(shard, tick);
            out.extend(revision.map(|revision| Observed::Revised(Box::new(revision))));
        }
    }
}
