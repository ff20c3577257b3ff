//! Progress on standard error: a live table on a terminal, one plain line per event elsewhere.

use build::{Event, Events};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Takes events and shows them.
pub(crate) enum Reporter {
    /// A bar for everything that is under way.
    Live { bars: MultiProgress, running: Mutex<BTreeMap<String, ProgressBar>>, steps: Steps },
    /// Plain lines.
    Plain { steps: Steps },
}

/// Which of how many build steps each one is.
#[derive(Default)]
pub(crate) struct Steps {
    all: AtomicUsize,
    begun: Mutex<Vec<String>>,
}

impl Steps {
    /// `[3/41] ` for a step that began; nothing for one that did not have to.
    fn place(&self, step: &str) -> String {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all.load(Ordering::Relaxed);
        let place = begun.iter().position(|known| known == step);
        place.map_or(String::new(), |place| format!("[{}/{all}] ", place + 1))
    }
    fn begin(&self, step: &str) {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push(step.to_owned());
    }
}

impl Reporter {
    /// Live on a terminal, plain in a pipe and in CI.
    pub(crate) fn new() -> Self {
        let live = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        if live {
            Self::Live {
                bars: MultiProgress::new(),
                running: Mutex::default(),
                steps: Steps::default(),
            }
        } else {
            Self::Plain { steps: Steps::default() }
        }
    }

    fn steps(&self) -> &Steps {
        match self {
            Self::Live { steps, .. } | Self::Plain { steps } => steps,
        }
    }

    /// A line that stays.
    pub(crate) fn say(&self, line: &str) {
        match self {
            // A closed terminal is no reason to stop a build.
            Self::Live { bars, .. } => bars.println(line).unwrap_or(()),
            Self::Plain { .. } => crate::edge::say(line),
        }
    }

    fn begin(&self, what: &str, verb: &str) {
        match self {
            Self::Plain { .. } => self.say(&format!("{verb} {what}")),
            Self::Live { bars, running, .. } => {
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
            Event::Steps { number } => self.steps().all.store(number, Ordering::Relaxed),
            Event::StepStarted { step } => {
                self.steps().begin(&step);
                self.begin(&step, &format!("{}building", self.steps().place(&step)));
            }
            Event::StepLine { step, line } => self.line(&step, &line),
            Event::StepFinished { step, cached: true, .. } => {
                self.end(&step, &format!("unchanged {step}"));
            }
            Event::StepFinished { step, seconds, .. } => {
                let place = self.steps().place(&step);
                self.end(&step, &format!("{place}built {step} in {}", duration(seconds)));
            }
            Event::StepFailed { step, log } => {
                let place = self.steps().place(&step);
                self.end(&step, &format!("{place}failed {step}, see {log}"));
            }
            Event::Note(note) => self.say(&format!("note: {}", report::escape(&note))),
        }
    }
}

/// `34.2 s`, `5m10s`, `1h02m`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 60")]
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

fn megabytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a size for people, one decimal")]
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.1} MB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_step_is_told_in_minutes_and_has_its_place_among_the_others() {
        assert_eq!(
            [0.04, 59.94, 60.0, 310.4, 3725.0].map(duration),
            ["0.0 s", "59.9 s", "1m00s", "5m10s", "1h02m"]
        );
        let steps = Steps::default();
        steps.all.store(41, Ordering::Relaxed);
        for step in ["etcd linux/amd64", "etcd linux/arm64"] {
            steps.begin(step);
        }
        assert_eq!(steps.place("etcd linux/arm64"), "[2/41] ");
        assert_eq!(steps.place("crictl linux/arm64"), "");
    }
}
