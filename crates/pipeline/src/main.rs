//! The binary `release`, which `cargo xtask` runs: the order of stages, and the makers' verbs.

mod bench;
mod describe;
mod edge;
mod flags;
mod gate;
mod identity;
mod keys;
mod naming;
mod packing;
mod reporter;
mod scanning;
mod seal_stage;
mod summary;
mod verbs;
mod workspace;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A build step runs in a namespace of its own: this program starts itself again inside it.
    if let Some(code) = build::sandbox_entry() {
        return code;
    }
    let maker = flags::Maker::parse();
    let ready = crypto::ready().map_err(Into::into);
    match ready.and_then(|_| maker.verb.run()) {
        Ok(code) => code,
        Err(error) => edge::complain(&error),
    }
}
