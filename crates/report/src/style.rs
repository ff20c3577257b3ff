//! Colours of labels and severities. The word is always there too.

use owo_colors::{OwoColorize as _, Style};
use vocab::{Label, Severity};

pub(crate) fn label(label: Label, width: usize) -> String {
    in_colour(label, &format!("{label:width$}"))
}

/// Any text in the colour of a label.
pub(crate) fn in_colour(label: Label, text: &str) -> String {
    let style = match label {
        Label::Full => Style::new().green(),
        Label::Partial => Style::new().yellow(),
        Label::Not => Style::new().red(),
        Label::Unknown => Style::new().magenta(),
    };
    text.style(style).to_string()
}

pub(crate) fn severity(severity: Severity) -> String {
    let style = match severity {
        Severity::Error => Style::new().red(),
        Severity::Warning => Style::new().yellow(),
        Severity::Note => Style::new().dimmed(),
    };
    severity.style(style).to_string()
}

pub(crate) fn outcome(pass: bool) -> String {
    if pass { "PASS".green().to_string() } else { "FAIL".red().to_string() }
}

pub(crate) fn mark(mark: &str, refused: bool) -> String {
    if refused { mark.red().to_string() } else { mark.green().to_string() }
}
