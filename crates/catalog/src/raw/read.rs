//! Text to a raw value: TOML syntax, then shape, then serde. All problems of each step are kept; a later step runs on
//! what the earlier one could use.

use super::{Sink, shape};
use crate::KnownCode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue, Deserializer};

/// A type that is the content of a file of `manifests/`.
pub(crate) trait RawFile: DeserializeOwned + JsonSchema {
    /// The file's schema in `manifests/schemas/`, without `.schema.json`.
    const SCHEMA: &'static str;
}

/// Reads a file's text. Without a result there is at least one problem in the sink; with one there still may be.
///
/// `codes` are the finding codes there are, for a file that names some.
pub(crate) fn read<R: RawFile>(text: &str, codes: &[KnownCode], sink: &mut Sink) -> Option<R> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What was recovered from broken syntax is a guess: judging it would report the guess, not the file.
        for error in &errors {
            sink.push(&error.span().unwrap_or(0..0), first_line(error.message()), None);
        }
        return None;
    }
    let span = table.span();
    let mut root = toml::Spanned::new(0..0, DeValue::Table(table.into_inner()));
    if !shape::fit(&mut root, &shape::schema_of::<R>(codes), "the file", sink) {
        return None;
    }
    sink.prune();
    let DeValue::Table(table) = root.into_inner() else { return None };
    match R::deserialize(Deserializer::from(toml::Spanned::new(span, table))) {
        Ok(raw) => Some(raw),
        Err(error) => {
            // The shape check is made from the same types as serde's, so this is a second net, not the first.
            sink.push(&error.span().unwrap_or(0..0), first_line(error.message()), None);
            None
        }
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or("this is not TOML").to_owned()
}
