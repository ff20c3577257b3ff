//! `cargo xtask`: the makers' command line. Parse, dispatch, map to an exit code.

mod ci;
mod flags;
mod run;
mod tidy;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match flags::Xtask::parse().run() {
        Ok(code) => code,
        Err(error) => run::complain(&error),
    }
}
