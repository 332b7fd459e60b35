//! Labelled traffic, and verdicts held against it.
