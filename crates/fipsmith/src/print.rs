//! The edge: data on standard output, everything else on standard error.

use crate::exit;
use std::process::ExitCode;

/// Prints a result.
pub(crate) fn out(text: &str) {
    anstream::print!("{text}");
}

/// Prints an error with its causes, then its remedy.
pub(crate) fn complain(error: &anyhow::Error) -> ExitCode {
    anstream::eprintln!("error: {error:#}");
    if let Some(hint) =
        error.downcast_ref::<crate::input::Unusable>().and_then(|unusable| unusable.hint.as_deref())
    {
        anstream::eprintln!("\nhint: {hint}");
    }
    ExitCode::from(exit::UNUSABLE)
}
