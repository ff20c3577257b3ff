//! the makers' command line
fn main() {}
