//! Progress on standard error: a live table on a terminal, one plain line per event elsewhere.

use build::{Event, Events};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Takes events and shows them.
pub(crate) enum Reporter {
    /// A bar for everything that is under way.
    Live { bars: MultiProgress, running: Mutex<BTreeMap<String, ProgressBar>> },
    /// Plain lines.
    Plain,
}

impl Reporter {
    /// Live on a terminal, plain in a pipe and in CI.
    pub(crate) fn new() -> Self {
        let live = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        if live {
            Self::Live { bars: MultiProgress::new(), running: Mutex::default() }
        } else {
            Self::Plain
        }
    }

    /// A line that stays.
    pub(crate) fn say(&self, line: &str) {
        match self {
            // A closed terminal is no reason to stop a build.
            Self::Live { bars, .. } => bars.println(line).unwrap_or(()),
            Self::Plain => crate::edge::say(line),
        }
    }

    fn begin(&self, what: &str, verb: &str) {
        match self {
            Self::Plain => self.say(&format!("{verb} {what}")),
            Self::Live { bars, running } => {
                let bar = bars.add(ProgressBar::new_spinner());
                // The template is a constant; if it were wrong the bar's default would do.
                if let Ok(style) =
                    ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg}")
                {
                    bar.set_style(style);
                }
                bar.set_prefix(format!("{verb} {what}"));
                bar.enable_steady_tick(Duration::from_millis(120));
                running.lock().unwrap_or_else(PoisonError::into_inner).insert(what.to_owned(), bar);
            }
        }
    }

    fn line(&self, what: &str, line: &str) {
        if let Self::Live { running, .. } = self
            && let Some(bar) = running.lock().unwrap_or_else(PoisonError::into_inner).get(what)
        {
            bar.set_message(report::escape(line));
        }
    }

    fn end(&self, what: &str, line: &str) {
        if let Self::Live { running, .. } = self
            && let Some(bar) = running.lock().unwrap_or_else(PoisonError::into_inner).remove(what)
        {
            bar.finish_and_clear();
        }
        self.say(line);
    }
}

impl Events for Reporter {
    fn event(&self, event: Event) {
        match event {
            Event::Fetching { what } => self.begin(&what, "fetching"),
            Event::Fetched { what, bytes, seconds } => {
                self.end(&what, &format!("fetched {what}, {} in {seconds:.1} s", megabytes(bytes)));
            }
            Event::Verifying { what } => self.begin(&what, "verifying"),
            Event::Verified { what, seconds } => {
                self.end(&what, &format!("verified {what} in {seconds:.1} s"));
            }
            Event::StepStarted { step } => self.begin(&step, "building"),
            Event::StepLine { step, line } => self.line(&step, &line),
            Event::StepFinished { step, cached: true, .. } => {
                self.end(&step, &format!("unchanged {step}"));
            }
            Event::StepFinished { step, seconds, .. } => {
                self.end(&step, &format!("built {step} in {seconds:.1} s"));
            }
            Event::StepFailed { step, log } => {
                self.end(&step, &format!("failed {step}, see {log}"));
            }
            Event::Note(note) => self.say(&format!("note: {}", report::escape(&note))),
        }
    }
}

fn megabytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size for people, one decimal")]
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.1} MB")
}
