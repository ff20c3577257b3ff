//! The edge: data on standard output, everything else on standard error, and exit codes (design section 5).

use std::process::ExitCode;

/// Something failed, could not be decided, or nothing was examined.
pub(crate) const FAILED: u8 = 1;
/// The command line or the input could not be used.
pub(crate) const UNUSABLE: u8 = 2;

/// An error whose exit code and remedy are known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Stop {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) code: u8,
}

impl Stop {
    /// Something failed.
    pub(crate) fn failed(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint, code: FAILED }
    }
    /// The command line or the input could not be used.
    pub(crate) fn unusable(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint, code: UNUSABLE }
    }
}

/// Prints a result.
pub(crate) fn out(text: &str) {
    anstream::print!("{text}");
}

/// Prints a line of progress.
pub(crate) fn say(line: &str) {
    anstream::eprintln!("{line}");
}

/// Prints an error with its causes, then its remedy, and gives its exit code.
pub(crate) fn complain(error: &anyhow::Error) -> ExitCode {
    say(&format!("error: {error:#}"));
    let stop = error.downcast_ref::<Stop>();
    if let Some(hint) = stop.and_then(|stop| stop.hint.as_deref()) {
        say(&format!("\nhint: {hint}"));
    }
    ExitCode::from(stop.map_or(FAILED, |stop| stop.code))
}
