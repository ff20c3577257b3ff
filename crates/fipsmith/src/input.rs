//! What the command line named, made into what judging needs.

use crate::flags::Judging;
use anyhow::Context as _;
use catalog::{Policy, Registry};
use std::borrow::Cow;
use vocab::{Date, PolicyName};

/// Largest registry or recipe that is read.
const LARGEST: u64 = 4 << 20;

/// An input that cannot be used, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Unusable {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Judging {
    /// The day for which certificates are judged. Today is a fact of this machine's clock; it is printed with the result.
    pub(crate) fn date(&self) -> Date {
        self.as_of
            .unwrap_or_else(|| jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date())
    }

    /// The registry: the one compiled in, or a file.
    pub(crate) fn registry(&self) -> anyhow::Result<Cow<'static, Registry>> {
        let Some(path) = &self.registry else { return Ok(Cow::Borrowed(Registry::embedded())) };
        let text = files::read_text(path, LARGEST)
            .with_context(|| format!("cannot use `{path}` as the registry"))?;
        Ok(Cow::Owned(Registry::parse(&text, path.as_str())?))
    }

    /// The named policy, or the one compiled in under `fallback`.
    pub(crate) fn policy(&self, fallback: &str) -> anyhow::Result<Policy> {
        let wanted = self.policy.as_ref().map_or(fallback, PolicyName::as_str);
        Policy::embedded(wanted).cloned().ok_or_else(|| {
            let names: Vec<&str> =
                Policy::all_embedded().iter().map(|policy| policy.name.as_str()).collect();
            let hint = format!("the policies are {}", names.join(", "));
            Unusable { message: format!("there is no policy `{wanted}`"), hint: Some(hint) }.into()
        })
    }
}
