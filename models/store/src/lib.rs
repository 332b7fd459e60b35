//! Where verdicts, sessions, lists and keys are kept: one contract, PostgreSQL and SQLite.
