//! What a shard is made of: fixed tables of records, first-seen filters, windows, repeats, and answers
//! that hold for a tick.

pub mod budget;
pub mod fading;
pub mod memo;
pub mod memory;
pub mod pairs;
pub mod repeats;
pub mod table;
pub mod window;
