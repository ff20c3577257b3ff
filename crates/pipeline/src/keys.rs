//! Keys and their passphrase: found and named before any work, opened before any minutes are spent.

use crate::edge::Stop;
use crate::flags::Passphrase as Flags;
use camino::{Utf8Path, Utf8PathBuf};
use manifest::Trust;
use seal::{EXAMPLE_PASSPHRASE, KeyError, KeyRing, Passphrase};

/// Where the keys of a release are.
pub(crate) struct Keys<'a> {
    folder: Utf8PathBuf,
    example: bool,
    flags: &'a Flags,
}

impl<'a> Keys<'a> {
    /// The named folder, or the example keys.
    pub(crate) fn at(root: &Utf8Path, folder: Option<&Utf8Path>, flags: &'a Flags) -> Self {
        let examples = root.join("keys.example");
        Self { folder: folder.unwrap_or(&examples).to_owned(), example: folder.is_none(), flags }
    }

    /// The public halves, without a passphrase.
    pub(crate) fn public(&self) -> anyhow::Result<Trust> {
        Ok(Trust::load(&self.folder).map_err(|error| {
            let source = std::error::Error::source(&error)
                .map_or(String::new(), |source| format!(": {source}"));
            Stop::unusable(format!("{error}{source}"), error.hint().map(str::to_owned))
        })?)
    }

    /// Both keys, opened.
    pub(crate) fn open(&self) -> anyhow::Result<KeyRing> {
        let passphrase = if self.example {
            Passphrase::new(EXAMPLE_PASSPHRASE.to_owned())?
        } else {
            existing(self.flags, &self.folder)?
        };
        KeyRing::load(&self.folder, &passphrase).map_err(|error| refused(&error).into())
    }
}

/// An error of keys with its cause and remedy.
pub(crate) fn refused(error: &KeyError) -> Stop {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let message = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    Stop::unusable(message, error.hint())
}

/// The passphrase of keys that exist: from a file, an environment variable, or a prompt.
pub(crate) fn existing(flags: &Flags, folder: &Utf8Path) -> anyhow::Result<Passphrase> {
    given(flags).unwrap_or_else(|| prompt(&format!("passphrase of the keys in {folder}: ")))
}

/// The passphrase of keys that are to be made; a prompt asks twice.
pub(crate) fn fresh(flags: &Flags, folder: &Utf8Path) -> anyhow::Result<Passphrase> {
    given(flags).unwrap_or_else(|| {
        let text = ask(&format!("new passphrase for the keys in {folder}: "))?;
        if text != ask("the same again: ")? {
            return Err(Stop::unusable("the two passphrases differ", None).into());
        }
        Ok(Passphrase::new(text)?)
    })
}

fn given(flags: &Flags) -> Option<anyhow::Result<Passphrase>> {
    let passphrase = match (&flags.passphrase_file, &flags.passphrase_env) {
        (Some(file), _) => Passphrase::from_file(file),
        (None, Some(name)) => Passphrase::from_environment(name),
        (None, None) => return None,
    };
    Some(passphrase.map_err(|error| {
        let source =
            std::error::Error::source(&error).map_or(String::new(), |source| format!(": {source}"));
        Stop::unusable(format!("{error}{source}"), None).into()
    }))
}

fn prompt(question: &str) -> anyhow::Result<Passphrase> {
    Ok(Passphrase::new(ask(question)?)?)
}

fn ask(question: &str) -> anyhow::Result<String> {
    rpassword::prompt_password(question).map_err(|error| {
        let hint = "name the passphrase with `--passphrase-file FILE` or `--passphrase-env NAME`";
        Stop::unusable(format!("cannot ask for a passphrase: {error}"), Some(hint.to_owned()))
            .into()
    })
}
