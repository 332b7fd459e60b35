//! The pure core: rooms, shards, signals and scores, without I/O, clock or randomness.
