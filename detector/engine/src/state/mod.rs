//! What a shard is made of: fixed tables of records, first-seen filters, windows and repeats.

pub mod budget;
pub mod fading;
pub mod memory;
pub mod pairs;
pub mod repeats;
pub mod table;
pub mod window;
