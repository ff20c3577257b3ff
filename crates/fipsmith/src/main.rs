//! `fipsmith`: the checkers' command line. It reads and judges; it never holds a private key, starts no process and needs no
//! network.

mod catalogue;
mod exit;
mod flags;
mod input;
mod print;
mod verbs;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let fipsmith = flags::Fipsmith::parse();
    let ready = crypto::ready().map_err(Into::into);
    match ready.and_then(|_| fipsmith.verb.run()) {
        Ok(code) => code,
        Err(error) => print::complain(&error),
    }
}
