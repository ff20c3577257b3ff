//! Keys, sealing and verification together, on real Go programs, with `openssl` as the outside client.

mod common;
mod crash;
mod forged;
mod images;
mod imported;
mod keys;
mod labels;
mod sealing;
mod stranger;
mod tampered;
