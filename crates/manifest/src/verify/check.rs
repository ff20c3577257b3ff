//! What a verification examined: one [`Check`] per thing, passed or not. Checks are data; the edge prints them.

use serde::Serialize;

/// What was examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// The seal over the manifest, and the manifest's own rules.
    Seal,
    /// The keys: whether they may be trusted at all.
    Keys,
    /// A file that must stand in the folder, or must not.
    File,
    /// An archive and its members.
    Archive,
    /// A container image: its parts, its settings, and the programs in it.
    Image,
    /// The artifact key's signature over a binary.
    Signature,
    /// The label of a binary or of an image, computed again from the bytes.
    Label,
    /// A binary's verdict against the policy.
    Policy,
    /// The label of a component or of the release.
    Rollup,
    /// The SBOM's binding to the release.
    Sbom,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CheckVerdict {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail,
    /// Passed, and a person should know.
    Warn,
    /// Not examined, because the caller did not want it.
    Skip,
    /// It could not be examined: no better than a failure.
    Error,
}

/// Why a check did not simply pass, as a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing to say: it passed.
    Ok,
    /// A file is not there.
    Missing,
    /// A file stands in the folder that the manifest does not list.
    Unexpected,
    /// A symlink, device, FIFO or socket where a regular file must be.
    NotRegular,
    /// A file has more than one name on this file system.
    HardLink,
    /// A file could not be read.
    Unreadable,
    /// The size is not the manifest's.
    Size,
    /// The digest is not the manifest's.
    Digest,
    /// A copy does not equal what it is a copy of.
    Copy,
    /// The envelope is no DSSE envelope in its one spelling.
    Envelope,
    /// The seal was not made by the trusted key over these bytes.
    SealInvalid,
    /// The payload is validly signed, but no manifest this program understands.
    Manifest,
    /// A key that everybody has.
    ExampleKeys,
    /// A key that is not the trusted one.
    OtherKey,
    /// The archive is damaged, hostile, or not made of the manifest's members.
    ArchiveContent,
    /// The image is damaged, or is not made of what the manifest says.
    ImageContent,
    /// A signature was not made by the trusted key over these bytes.
    SignatureInvalid,
    /// It lies in something that could not be read.
    NotExamined,
    /// The bytes are judged differently than when they were sealed.
    LabelChanged,
    /// The policy does not accept the verdict.
    PolicyRefused,
    /// The policy is not known to this program.
    PolicyUnknown,
    /// The SBOM does not list exactly the release's binaries.
    SbomMismatch,
}

/// One thing that was examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was examined.
    pub kind: CheckKind,
    /// Which one: a path in the release folder, or the id of a binary.
    pub path: String,
    /// What should be, where it can be put in a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// The result.
    pub verdict: CheckVerdict,
    /// The code of the result.
    pub reason: Reason,
    /// The result in one sentence; names that come from the folder are escaped.
    pub message: String,
}

impl Check {
    pub(crate) fn pass(kind: CheckKind, path: impl ToString, message: impl Into<String>) -> Self {
        Self::new(kind, path, CheckVerdict::Pass, Reason::Ok, message)
    }
    pub(crate) fn fail(
        kind: CheckKind,
        path: impl ToString,
        reason: Reason,
        message: impl Into<String>,
    ) -> Self {
        Self::new(kind, path, CheckVerdict::Fail, reason, message)
    }
    pub(crate) fn warn(
        kind: CheckKind,
        path: impl ToString,
        reason: Reason,
        message: impl Into<String>,
    ) -> Self {
        Self::new(kind, path, CheckVerdict::Warn, reason, message)
    }
    pub(crate) fn error(
        kind: CheckKind,
        path: impl ToString,
        reason: Reason,
        message: impl Into<String>,
    ) -> Self {
        Self::new(kind, path, CheckVerdict::Error, reason, message)
    }
    fn new(
        kind: CheckKind,
        path: impl ToString,
        verdict: CheckVerdict,
        reason: Reason,
        message: impl Into<String>,
    ) -> Self {
        let path = path.to_string().chars().flat_map(char::escape_debug).collect();
        Self { kind, path, expected: None, actual: None, verdict, reason, message: message.into() }
    }

    /// With what should be and what is.
    pub(crate) fn values(mut self, expected: impl ToString, actual: impl ToString) -> Self {
        (self.expected, self.actual) = (Some(expected.to_string()), Some(actual.to_string()));
        self
    }

    /// Passes when both are equal, and fails with both values otherwise.
    pub(crate) fn equal<T: PartialEq + ToString>(
        kind: CheckKind,
        path: impl ToString,
        reason: Reason,
        what: &str,
        (expected, actual): (T, T),
    ) -> Self {
        let check = if expected == actual {
            Self::pass(kind, path, format!("{what} as sealed"))
        } else {
            Self::fail(kind, path, reason, format!("{what} is not as sealed"))
        };
        check.values(expected, actual)
    }

    /// Whether a release with this check is refused.
    pub fn refuses(&self) -> bool {
        matches!(self.verdict, CheckVerdict::Fail | CheckVerdict::Error)
    }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
