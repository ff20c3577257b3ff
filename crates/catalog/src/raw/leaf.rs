//! The strings a file may hold, each a type that is checked when it is read. A leaf type names its rule (`FORMAT`); the
//! schema carries that name, and [`formats`] maps it back to the check, so the schema and the check cannot disagree.

use crate::nearest::quoted;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::{borrow::Cow, ops::Range};
use vocab::{
    ArtifactName, Backend, ComponentName, Date, ImageName, Layer, ModuleId, PackName, PolicyName,
    ProfileName, ScopeName, Sha256, Target, Verdict, Version,
};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// A type that is written as a string.
pub(crate) trait Leaf: Sized {
    /// The name of the rule, used as `format` in the schema.
    const FORMAT: &'static str;
    /// What one is called in a message.
    const WHAT: &'static str;
    /// The valid words, where there is a list of them.
    fn words() -> Option<Vec<&'static str>> {
        None
    }
    /// Reads one, or says what is wrong with it.
    fn read(text: &str) -> Result<Self, String>;
}

impl<'de, T: Leaf> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = toml::Spanned::<String>::deserialize(deserializer)?;
        let value = T::read(text.get_ref()).map_err(serde::de::Error::custom)?;
        Ok(Self { value, span: text.span() })
    }
}

impl<T: Leaf> schemars::JsonSchema for At<T> {
    fn schema_name() -> Cow<'static, str> {
        T::FORMAT.into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let schema = match T::words() {
            Some(words) => json!({ "type": "string", "title": T::WHAT, "enum": words }),
            None => json!({ "type": "string", "title": T::WHAT, "format": T::FORMAT }),
        };
        schema.try_into().unwrap_or_default()
    }
}

/// The check of a string leaf: what is wrong with the text, if anything.
pub(crate) type Check = fn(&str) -> Result<(), String>;

macro_rules! vocab_leaves {
    ($($type:ty = $format:literal, $what:literal;)+) => {
        $(impl Leaf for $type {
            const FORMAT: &'static str = $format;
            const WHAT: &'static str = $what;
            fn read(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error| format!("{error}"))
            }
        })+
    };
}

vocab_leaves! {
    ComponentName = "component-name", "component name";
    ProfileName = "profile-name", "profile name";
    PolicyName = "policy-name", "policy name";
    PackName = "pack-name", "pack name";
    ScopeName = "scope-name", "scope name";
    ModuleId = "module-id", "module id";
    ArtifactName = "artifact-name", "artifact name";
    ImageName = "image-name", "image name";
    Version = "upstream-version", "upstream version";
    Sha256 = "sha256", "SHA-256 digest";
}

impl Leaf for Date {
    const FORMAT: &'static str = "date";
    const WHAT: &'static str = "date";
    fn read(text: &str) -> Result<Self, String> {
        // Exactly YYYY-MM-DD (RFC 3339 full-date): the parser alone would also take a time and other spellings.
        let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date = shape.then(|| text.parse().ok()).flatten();
        date.ok_or_else(|| format!("{} is not a date: it is written `2026-11-21`", quoted(text)))
    }
}

macro_rules! word_leaves {
    ($($type:ty = $what:literal;)+) => {
        $(impl Leaf for $type {
            const FORMAT: &'static str = $what;
            const WHAT: &'static str = $what;
            fn words() -> Option<Vec<&'static str>> {
                Some(Self::ALL.iter().map(|word| word.as_str()).collect())
            }
            fn read(text: &str) -> Result<Self, String> {
                let word = Self::ALL.iter().copied().find(|word| word.as_str() == text);
                word.ok_or_else(|| format!("unknown {} {}", $what, quoted(text)))
            }
        })+
    };
}

word_leaves! {
    Backend = "backend";
    Target = "target";
    Layer = "layer";
    crate::scope::ScopeKind = "kind of scope";
    crate::scope::FipsSetting = "FIPS setting";
    crate::scope::Permission = "permission";
    crate::scope::Feature = "feature";
    Verdict = "verdict";
    vocab::Label = "label";
    vocab::Arch = "architecture";
    crate::Linkage = "linkage";
    crate::Confidence = "confidence";
    vocab::OutputKind = "output kind";
}

macro_rules! text_leaves {
    ($($(#[$doc:meta])* $name:ident = $format:literal, $what:literal, $accepts:expr, $rule:literal;)+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) String);

        impl Leaf for $name {
            const FORMAT: &'static str = $format;
            const WHAT: &'static str = $what;
            fn read(text: &str) -> Result<Self, String> {
                let accepts: fn(&str) -> bool = $accepts;
                let bad = || format!("{} is not {} {}: {}", quoted(text), article($what), $what, $rule);
                accepts(text).then(|| Self(text.to_owned())).ok_or_else(bad)
            }
        })+
    };
}

text_leaves! {
    /// Any text of one line that says something.
    Text = "text", "line of text", |t| !t.trim().is_empty() && !t.chars().any(char::is_control),
        "it takes one line with at least one letter";
    /// A reason or a note that a person can understand a year later.
    Sentence = "sentence", "sentence",
        |t| t.trim().chars().count() >= 20 && t.trim().contains(' ') && !t.chars().any(char::is_control),
        "it takes at least 20 characters and more than one word";
    /// A finding code. Which ones there are is not known here: the schema lists them.
    FindingCode = "finding-code", "finding code", is_code,
        "it is written like `residual-crypto`; `fipsmith explain` lists them";
    /// Where the source lives.
    HttpsUrl = "https-url", "https URL", is_https_url, "it begins with `https://`, names a host, and holds no spaces";
    /// An SPDX licence expression (SPDX 2.3, annex D): its grammar, not the list of identifiers.
    Spdx = "spdx", "SPDX licence expression", is_spdx, "it is written `Apache-2.0` or `Apache-2.0 OR MIT`";
    /// Where images are pulled from: a registry and a path, as in front of an image's name.
    ImageRepository = "image-repository", "image repository", is_image_repository,
        "it is written `registry.example.mil/fips`: a host, then lower-case path elements, no scheme, no tag, no slash at the end";
    /// A Go module path or import path.
    GoPath = "go-path", "Go import path", is_go_path,
        "it takes letters, digits and `-._~` between slashes, and a dot in its first element";
    /// A git commit.
    Commit = "git-commit", "git commit", |t| t.len() == 40 && is_lower_hex(t), "it takes 40 lower-case hex digits";
    /// The `h1:` sum of a Go module or of an unpacked tree (golang.org/x/mod/sumdb/dirhash, Hash1).
    GoSum = "h1", "Go h1 sum", is_h1, "it is `h1:` and 44 characters of base64, as in go.sum";
    /// The first bytes of a fingerprint's run: enough of them that a search for them finds nothing else.
    Prefix = "prefix-hex", "prefix", |t| t.len().is_multiple_of(2) && (32..=128).contains(&t.len()) && is_lower_hex(t),
        "it takes 16 to 64 bytes in lower-case hex";
    /// The version of a profile.
    Semver = "semver", "profile version", |t| format!("v{t}").parse::<Version>().is_ok(), "it is written `1.0.0`";
    /// Who a container runs as, by number, because a kubelet proves `runAsNonRoot` by nothing else.
    UserId = "user-id", "numeric user", is_user_id, "it is written `65532:65532` or `65532`, by numbers";
    /// A path inside an image.
    ImagePath = "image-path", "path inside an image", is_image_path,
        "it begins with `/`, takes a-z, A-Z, 0-9, `.`, `_`, `+`, `-`, and no part of it is empty, `.` or `..`";
    /// The name of a Debian package (Debian Policy 5.6.1). The shorter ones and those with `-` in front are no argument for a client.
    DebianName = "debian-name", "Debian package name", is_debian_name, "it takes a-z, 0-9, `+`, `-` and `.`, and begins with a letter or digit";
    /// The version of a Debian package (Debian Policy 5.6.12).
    DebianVersion = "debian-version", "Debian package version", is_debian_version, "it begins with a digit and takes letters, digits and `.+-~:`";
    /// A crate of the crate registry.
    CrateName = "crate-name", "crate name", |t| t.len() <= 64 && t.starts_with(|c: char| c.is_ascii_alphabetic()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)),
        "it takes letters, digits, `-` and `_`, and begins with a letter";
    /// The version of a crate, build metadata included (`300.1.3+3.1.2`).
    RegistryVersion = "crate-version", "crate version", |t| format!("v{t}").parse::<Version>().is_ok(), "it is written `1.0.0` or `300.1.3+3.1.2`";
    /// A path below a folder, without a way out of it.
    TreePath = "tree-path", "path below a folder", is_tree_path, "it takes plain names of letters, digits and `-_.+` with `/` between them";
    /// An absolute path that is compiled into programs.
    AbsolutePath = "absolute-path", "absolute path", |t| t.strip_prefix('/').is_some_and(is_tree_path), "it is written `/opt/name`";
    /// The name of a Go release.
    GoVersion = "go-version", "Go release", is_go_version, "it is written `go1.27.4`";
}

/// `an` before a vowel that is spoken, as in "an SPDX expression".
fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'e', 'i', 'o', 'u', 'h', 'S']) { "an" } else { "a" }
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_https_url(text: &str) -> bool {
    let host =
        text.strip_prefix("https://").unwrap_or_default().split('/').next().unwrap_or_default();
    host.contains('.') && text.chars().all(|c| c.is_ascii_graphic())
}

fn host_and_port(text: &str) -> &str {
    text.split('/').next().unwrap_or_default()
}

/// OCI distribution-spec, `<name>`: elements of `[a-z0-9]` with single separators between; in front of them a host.
fn is_image_repository(text: &str) -> bool {
    let element = |e: &str| {
        e.split(['.', '_', '-']).all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
    };
    let (host, path) = text.split_once('/').unwrap_or((text, ""));
    let (host, port) = host.split_once(':').unwrap_or((host, "1"));
    text.len() <= 200
        && element(host)
        && port.parse::<u16>().is_ok()
        && (text == host_and_port(text) || path.split('/').all(element))
}

/// Identifiers joined by `AND`, `OR` and `WITH`, with parentheses.
fn is_spdx(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut operand) = (0_usize, false);
    for token in spaced.split_whitespace() {
        match (token, operand) {
            ("(", false) => depth += 1,
            (")", true) if depth > 0 => depth -= 1,
            ("AND" | "OR" | "WITH", true) => operand = false,
            (word, false)
                if word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+:".contains(&b)) =>
            {
                operand = true;
            }
            _ => return false,
        }
    }
    operand && depth == 0
}

fn is_go_path(text: &str) -> bool {
    let element = |e: &str| {
        !e.is_empty()
            && !e.starts_with('.')
            && !e.ends_with('.')
            && e.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    text.len() <= 200
        && text.split('/').all(element)
        && text.split('/').next().is_some_and(|host| host.contains('.'))
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_h1(text: &str) -> bool {
    // 32 bytes are 43 digits of base64 and one `=`.
    let digits = text.strip_prefix("h1:").and_then(|t| t.strip_suffix('=')).unwrap_or_default();
    digits.len() == 43 && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

fn is_user_id(text: &str) -> bool {
    let number = |part: &str| part.parse::<u32>().is_ok_and(|id| id.to_string() == part);
    let mut parts = text.split(':');
    parts.next().is_some_and(number) && parts.next().is_none_or(number) && parts.next().is_none()
}

fn is_image_path(text: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
    };
    text.len() <= 200 && text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part))
}

fn is_debian_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (2..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| plain(b) || b"+-.".contains(&b))
}

fn is_debian_version(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-~:".contains(&b))
}

fn is_tree_path(text: &str) -> bool {
    let name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b))
    };
    text.len() <= 200 && text.split('/').all(name)
}

fn is_go_version(text: &str) -> bool {
    text.strip_prefix("go").is_some_and(|rest| format!("v{rest}").parse::<Version>().is_ok())
}

/// The check behind a `format` of our schemas.
pub(crate) fn check_of(format: &str) -> Option<Check> {
    macro_rules! table {
        ($($type:ty),+ $(,)?) => {
            [$((<$type as Leaf>::FORMAT, (|text| <$type as Leaf>::read(text).map(drop)) as Check)),+]
        };
    }
    table![
        ComponentName,
        ProfileName,
        PolicyName,
        PackName,
        ScopeName,
        ModuleId,
        ArtifactName,
        Version,
        Sha256,
        Date,
        Text,
        Sentence,
        FindingCode,
        HttpsUrl,
        ImageRepository,
        Spdx,
        GoPath,
        Commit,
        GoSum,
        Prefix,
        Semver,
        GoVersion,
        ImageName,
        UserId,
        ImagePath,
        crate::recipe::ModuleAt,
        crate::recipe::GitUrl,
        crate::recipe::FullCommit,
        crate::recipe::InnerPath,
        DebianName,
        DebianVersion,
        CrateName,
        TreePath,
        AbsolutePath,
        RegistryVersion,
    ]
    .into_iter()
    .find_map(|(name, check)| (name == format).then_some(check))
}
