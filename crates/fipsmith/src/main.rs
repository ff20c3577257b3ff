//! the checkers' binary
fn main() {}
