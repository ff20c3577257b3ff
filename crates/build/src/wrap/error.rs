//! Why a wrapper cannot be made. Each error says what was found, and its hint what to do.

use crate::BuildError;

/// Why a wrapper cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WrapError {
    /// The Go command, the network or a file.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The Go command refused a query for a reason of its own.
    #[error("`{query}` cannot be used: {said}")]
    Refused {
        /// Module and version, as asked.
        query: String,
        /// What the Go command said.
        said: String,
    },
    /// The checksum database does not know a module.
    #[error("the checksum database does not vouch for `{module}`: {said}")]
    NotVouched {
        /// The module.
        module: String,
        /// What was said.
        said: String,
    },
    /// A tag from v2 on, of a module whose path has no major version.
    #[error(
        "`{module}@{version}` cannot be required: the module's path does not end in its major version"
    )]
    MajorVersion {
        /// The module.
        module: String,
        /// The version.
        version: String,
    },
    /// The component's modules came out at different versions.
    #[error("the modules of one component must have one version: {}", pairs(.modules))]
    VersionsDiffer {
        /// Path and version.
        modules: Vec<(String, String)>,
    },
    /// Two modules of one component replace something by different things.
    #[error("the component's modules replace `{module}` differently: {one} and {two}")]
    ReplacesDiffer {
        /// What is replaced.
        module: String,
        /// One right side.
        one: String,
        /// The other.
        two: String,
    },
    /// Two modules of one component set a runtime default differently.
    #[error("the component's modules set `godebug {key}` differently: {one} and {two}")]
    GodebugDiffers {
        /// The setting.
        key: String,
        /// One value.
        one: String,
        /// The other.
        two: String,
    },
    /// Local replaces that no rule maps to a published module.
    #[error("upstream's go.mod replaces modules by its own folders, and no rule says where these are published: {}", arrows(.replaces))]
    NeedsMap {
        /// The component.
        name: String,
        /// Module path and upstream's folder.
        replaces: Vec<(String, String)>,
    },
    /// A package outside of every module.
    #[error("the package `{package}` lies in none of the modules: {}", .modules.join(", "))]
    PackageOutside {
        /// The package.
        package: String,
        /// The modules.
        modules: Vec<String>,
    },
    /// Packages that are not there, or are no main packages.
    #[error("no main package: {}", .missing.join(", "))]
    NoSuchPackage {
        /// What was asked for.
        missing: Vec<String>,
        /// The main packages there are.
        there: Vec<String>,
    },
    /// No package was named, and there is not exactly one.
    #[error("there are {} main packages, and none was named{}", .there.len(), lines(.there))]
    WhichPackages {
        /// The main packages there are.
        there: Vec<String>,
    },
    /// A map for something upstream links as it is.
    #[error("what is mapped is linked, and upstream does not replace it by a folder: {}", .mapped.join(", "))]
    MappedIsLinked {
        /// The modules.
        mapped: Vec<String>,
    },
    /// What is linked is not what upstream links.
    #[error("the wrapper would not link what upstream links:{}", drift_lines(.drifts))]
    Drift {
        /// Module, upstream's version, our version.
        drifts: Vec<(String, String, String)>,
    },
    /// A sum differs from upstream's.
    #[error("sums differ from upstream's own go.sum:{}", lines(.conflicts))]
    SumsDiffer {
        /// Module, version, both sums.
        conflicts: Vec<String>,
    },
    /// The proxy lists no versions.
    #[error("the versions of `{module}` cannot be listed: {error}")]
    NoList {
        /// The module.
        module: String,
        /// What was said.
        error: String,
    },
    /// The Go command printed something else than it documents.
    #[error("failed to read what the Go command printed ({what}): {why}")]
    Unreadable {
        /// What was asked.
        what: String,
        /// What is wrong.
        why: String,
    },
}

impl WrapError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Build(BuildError::NotAtProxy { .. }) => {
                "the version may well exist: try another proxy (GOPROXY=...) or another version; only a successful download shows that one can be had".to_owned()
            }
            Self::Build(BuildError::NoSuchVersion { .. }) => "check the module path and the version".to_owned(),
            Self::Build(error) => return error.hint(),
            Self::MajorVersion { module, .. } => format!(
                "name the commit behind the tag: `{module}@<12 or more hex digits of the commit>`, which becomes a version of the form v0.0.0-<time>-<commit>"
            ),
            Self::NotVouched { module, .. } => format!(
                "nobody but the proxy says what its content is: compare it with its repository, then trust what is seen first with --trust-first-use {module}"
            ),
            Self::VersionsDiffer { .. } => "name the same version for each, or make a recipe of its own for each".to_owned(),
            Self::ReplacesDiffer { .. } | Self::GodebugDiffers { .. } => {
                "make a recipe of its own for each module".to_owned()
            }
            Self::NeedsMap { replaces, .. } => {
                let maps: Vec<String> =
                    replaces.iter().map(|(path, _)| format!("--map {path}={path}@VERSION")).collect();
                format!("say which published module holds the same files: {}", maps.join(" "))
            }
            Self::PackageOutside { .. } => "name its module with --module MODULE@VERSION".to_owned(),
            Self::NoSuchPackage { there, .. } if there.is_empty() => {
                "the modules hold no main package at all".to_owned()
            }
            Self::NoSuchPackage { missing, there } => {
                let near = missing.first().and_then(|name| {
                    catalog::did_you_mean(name, there.iter().map(String::as_str))
                });
                let all = format!("the main packages are:{}", lines(there));
                near.map_or(all.clone(), |near| format!("{near}; {all}"))
            }
            Self::WhichPackages { .. } => "name those to build behind the module, for instance `./cmd/x`".to_owned(),
            Self::Drift { .. } => {
                "a package is missing at the version upstream requires, so the newest was taken: map the local replace that causes it with --map".to_owned()
            }
            Self::MappedIsLinked { .. } => {
                "the programs would not be upstream's: choose a version of the component whose modules can all be had".to_owned()
            }
            Self::SumsDiffer { .. } => "do not use either before both are compared with the publisher".to_owned(),
            Self::NoList { .. } => "a proxy may refuse the list and serve the versions: name one, as in `cargo xtask update NAME v1.2.3`".to_owned(),
            Self::Refused { .. } | Self::Unreadable { .. } => return None,
        })
    }
}

impl From<files::FileError> for WrapError {
    fn from(error: files::FileError) -> Self {
        Self::Build(error.into())
    }
}

fn pairs(all: &[(String, String)]) -> String {
    all.iter().map(|(path, version)| format!("{path}@{version}")).collect::<Vec<_>>().join(", ")
}

fn arrows(all: &[(String, String)]) -> String {
    all.iter().map(|(path, folder)| format!("{path} => {folder}")).collect::<Vec<_>>().join(", ")
}

fn lines(all: &[String]) -> String {
    all.iter().flat_map(|line| ["\n    ", line.as_str()]).collect()
}

fn drift_lines(all: &[(String, String, String)]) -> String {
    let line = |(path, theirs, ours): &(String, String, String)| {
        format!("{path}: upstream links {theirs}, the wrapper {ours}")
    };
    lines(&all.iter().map(line).collect::<Vec<_>>())
}
