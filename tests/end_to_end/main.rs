//! The real binary, from the outside: its files, its broker, its database, its HTTP.
//!
//! One test binary, so that all its tests share one Kafka broker and one PostgreSQL cluster.

mod deployment;
mod events;
mod http;
mod process;
mod topics;
mod verdicts;

mod api_role;
mod dead_letters;
mod decide;
mod demo;
mod detection;
mod docs;
mod page;
mod keys;
mod load;
mod policy;
mod replay;
mod review;
mod review_page;
mod revisions;
mod standalone;
mod stream;
mod users;
