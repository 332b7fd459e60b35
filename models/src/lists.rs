//! Lists: what an operator decided by hand about addresses, networks, countries, devices, users
//! and tools.
//!
//! An entry holds from one instant to another, on one endpoint and tenant or on all. What its value
//! stands for in an attempt is a matcher; the table looks them up. Where several entries
//! apply, the most specific wins (user, device, address, longest network, tool, ASN, country), and
//! deny wins over allow between equals.

mod entry;
mod matcher;
mod table;

pub use entry::{BadListValue, ListAction, ListDimension, ListEntry};
pub use table::{Listed, Lists, Subject};
