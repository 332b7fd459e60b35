//! Readiness: what the process waits for before it can do its work.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What `/readyz` says. Each part of the process owns a line by its name.
#[derive(Debug, Default)]
pub struct Readiness {
    waiting: Mutex<BTreeMap<&'static str, String>>,
    notes: Mutex<BTreeMap<&'static str, String>>,
}

impl Readiness {
    /// `part` waits for something.
    pub fn wait(&self, part: &'static str, what_for: impl Into<String>) {
        lock(&self.waiting).insert(part, what_for.into());
    }

    /// `part` is ready.
    pub fn ready(&self, part: &'static str) {
        lock(&self.waiting).remove(part);
    }

    /// Something that an operator should know although the process is ready, such as windows that
    /// started empty.
    pub fn note(&self, part: &'static str, what: impl Into<String>) {
        lock(&self.notes).insert(part, what.into());
    }

    /// What is waited for, by part; empty when ready.
    #[must_use]
    pub fn waiting(&self) -> Vec<(&'static str, String)> {
        lock(&self.waiting).clone().into_iter().collect()
    }

    /// What an operator should know, by part.
    #[must_use]
    pub fn notes(&self) -> Vec<(&'static str, String)> {
        lock(&self.notes).clone().into_iter().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
