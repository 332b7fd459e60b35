//! credsieve: one binary, its roles.
fn main() {}
