//! The passphrase of the private keys. It comes from a prompt, a file or a named environment variable; a command line
//! argument is no source, because every process of the machine can read it.

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;
use zeroize::Zeroizing;

/// The longest passphrase that is read, in bytes.
const LONGEST: u64 = 4096;

/// A passphrase. Its memory is overwritten when it is dropped, and it is never printed.
pub struct Passphrase(Zeroizing<Vec<u8>>);

/// Why there is no passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// The file could not be read.
    #[error("failed to read the passphrase from `{path}`")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: files::FileError,
    },
    /// The environment variable is not set.
    #[error("the environment variable `{name}` is not set, so there is no passphrase")]
    NotSet {
        /// The variable.
        name: String,
    },
    /// No text at all protects nothing.
    #[error("the passphrase from {source_name} is empty")]
    Empty {
        /// Where it came from.
        source_name: String,
    },
}

impl Passphrase {
    /// A passphrase that was typed.
    pub fn new(text: String) -> Result<Self, PassphraseError> {
        Self::checked(text.into_bytes(), || "the prompt".to_owned())
    }

    /// The first line of a file, without its line feed.
    pub fn from_file(path: &Utf8Path) -> Result<Self, PassphraseError> {
        let bytes = files::read(path, LONGEST)
            .map_err(|source| PassphraseError::File { path: path.to_owned(), source })?;
        let bytes = Zeroizing::new(bytes);
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Self::checked(line.to_vec(), || format!("`{path}`"))
    }

    /// The value of an environment variable.
    pub fn from_environment(name: &str) -> Result<Self, PassphraseError> {
        use std::os::unix::ffi::OsStringExt as _;
        let value = std::env::var_os(name)
            .ok_or_else(|| PassphraseError::NotSet { name: name.to_owned() })?;
        Self::checked(value.into_vec(), || format!("the environment variable `{name}`"))
    }

    fn checked(bytes: Vec<u8>, source: impl FnOnce() -> String) -> Result<Self, PassphraseError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.is_empty() {
            Err(PassphraseError::Empty { source_name: source() })
        } else {
            Ok(Self(bytes))
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_never_printed() {
        let passphrase = Passphrase::new("correct horse".to_owned()).unwrap();
        assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
    }

    #[test]
    fn a_file_gives_its_first_line_and_an_empty_source_gives_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = files::utf8(dir.path().join("p")).unwrap();
        for (content, expected) in [("a b", "a b"), ("a\n", "a"), ("a\r\nb\n", "a"), ("a \n", "a ")]
        {
            files::write(&path, content.as_bytes(), files::Mode::Private).unwrap();
            assert_eq!(Passphrase::from_file(&path).unwrap().as_bytes(), expected.as_bytes());
        }
        files::write(&path, b"\n", files::Mode::Private).unwrap();
        assert!(matches!(Passphrase::from_file(&path), Err(PassphraseError::Empty { .. })));
        assert!(matches!(Passphrase::from_file(&dir_of(&path)), Err(PassphraseError::File { .. })));
        let unset = Passphrase::from_environment("FIPSMITH_TEST_NO_SUCH_VARIABLE");
        assert!(matches!(unset, Err(PassphraseError::NotSet { .. })));
        assert!(Passphrase::from_environment("PATH").is_ok());
    }

    fn dir_of(path: &Utf8Path) -> Utf8PathBuf {
        path.parent().unwrap().to_owned()
    }
}
