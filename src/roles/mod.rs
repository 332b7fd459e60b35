//! The roles of the binary, one file each.

pub mod policy;
