//! End to end: the binaries that users run, on real toolchains, real components and real outside clients.
//!
//! Each test says in one line what would be wrong without it. Toolchains and sources are fetched once into
//! `target/fipsmith`, as `cargo xtask release` does; what a test builds is below `target/e2e`.

mod again;
mod bad_input;
mod catalogue;
mod chain;
mod components;
mod containers;
mod corpus;
mod deployment;
mod documents;
mod images;
mod nginx;
mod outputs;
mod rust;
mod shown;
mod support;
mod tampering;
mod traps;
#[path = "../validators/mod.rs"]
mod validators;
