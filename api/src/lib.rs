//! The HTTP face: decide, ingest, read, review.
