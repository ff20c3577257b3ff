//! Why a release was not sealed.

use crate::signer::SignError;
use camino::Utf8PathBuf;
use manifest::{BadPath, ManifestError};
use vocab::ProfileName;

/// Why a release was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A signature could not be made.
    #[error("failed to sign `{what}`")]
    Sign {
        /// What was being signed.
        what: String,
        /// Why it was not.
        #[source]
        source: SignError,
    },
    /// A name that a release cannot hold.
    #[error("a path of the release cannot be used")]
    Path(#[from] BadPath),
    /// The release's name.
    #[error(
        "`{profile}-{version}+fips.{number}` cannot be the name of a release: the version takes three numbers below 10000"
    )]
    Version {
        /// The profile.
        profile: ProfileName,
        /// Its version.
        version: String,
        /// The FIPS number.
        number: u32,
    },
    /// The contents contradict each other.
    #[error("the contents make no manifest")]
    Manifest(#[from] ManifestError),
    /// The folder could not be written; the previous release is untouched.
    #[error("failed to write the release beside `{target}`; what was there before is untouched")]
    Write {
        /// The release folder.
        target: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: files::FileError,
    },
    /// The proof of verification is another release's.
    #[error("the staged release was not the one that was verified")]
    OtherRelease,
}
