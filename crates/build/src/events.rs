//! What a fetch and a build tell while they run. Only the edge turns these into lines, bars or JSON.

use camino::Utf8PathBuf;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A download began.
    Fetching {
        /// What is fetched.
        what: String,
    },
    /// A download ended and its digest is right.
    Fetched {
        /// What was fetched.
        what: String,
        /// Its size in bytes; for sources, of all archives of the component.
        bytes: u64,
        /// How long it took.
        seconds: f64,
    },
    /// A check or an unpacking began that takes more than a moment.
    Verifying {
        /// What is verified.
        what: String,
    },
    /// It ended well.
    Verified {
        /// What was verified.
        what: String,
        /// How long it took.
        seconds: f64,
    },
    /// So many steps will be built; the others are there already.
    Steps {
        /// How many.
        number: usize,
    },
    /// A build step began.
    StepStarted {
        /// Component and target.
        step: String,
    },
    /// A line the step's program printed.
    StepLine {
        /// Component and target.
        step: String,
        /// The line, as the program wrote it: escape it before printing.
        line: String,
    },
    /// A build step ended well.
    StepFinished {
        /// Component and target.
        step: String,
        /// How long it took.
        seconds: f64,
        /// True when nothing had to be built.
        cached: bool,
    },
    /// A build step failed; the error comes with the result.
    StepFailed {
        /// Component and target.
        step: String,
        /// The file with everything it printed.
        log: Utf8PathBuf,
    },
    /// Something a person should know that is no error.
    Note(String),
}

/// Where events go. Steps run in parallel, so a receiver is shared between threads.
pub trait Events: Sync {
    /// Takes one event. It must not block for long: the program that is built waits for it.
    fn event(&self, event: Event);
}

/// Takes events and forgets them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Events for Silent {
    fn event(&self, _: Event) {}
}
