//! apt as a network client: the host's list of sources and keys, and a state of our own, so that nothing of the host is
//! changed and nothing that is installed counts.

use crate::{BuildError, Workspace, process::Invocation};
use camino::Utf8PathBuf;
use catalog::{DebianPackage, DebianRoot, PackageSet};
use std::fmt::Write as _;
use vocab::{Arch, Target};

/// For whom apt solves.
pub(crate) struct Client {
    arch: Arch,
    /// dpkg's status file: what counts as installed.
    status: String,
    preferences: String,
}

impl Client {
    /// For a root that something is built in.
    pub(crate) fn of_root(root: &DebianRoot) -> Self {
        let preferences = preferences(root);
        Self { arch: root.host.arch(), status: String::new(), preferences }
    }

    /// For a set that is shipped: the newest version of everything, security updates included. What is left out counts as
    /// installed, in a version that nobody is too old for, so that neither it nor what it needs is brought.
    pub(crate) fn of_set(set: &PackageSet, target: Target) -> Self {
        let arch = target.arch();
        let installed = |name: &String| {
            format!(
                "Package: {name}\nStatus: install ok installed\nVersion: 9999\nArchitecture: {arch}\nMulti-Arch: allowed\nMaintainer: none\nDescription: left out\n\n"
            )
        };
        let status = set.without.iter().map(installed).collect();
        Self { arch, status, preferences: String::new() }
    }
}

/// An apt with its own state.
pub(crate) struct Apt {
    options: Vec<String>,
    packages: Utf8PathBuf,
}

impl Apt {
    pub(crate) fn new(workspace: &Workspace, client: &Client) -> Result<Self, BuildError> {
        let packages = workspace.downloads().join("debian");
        let own = workspace.state().join("apt");
        for folder in ["lists/partial", "cache/archives/partial"] {
            files::create_dir_all(&own.join(folder))?;
        }
        files::create_dir_all(&packages)?;
        files::write(&own.join("status"), client.status.as_bytes(), files::Mode::Plain)?;
        files::write(&own.join("preferences"), client.preferences.as_bytes(), files::Mode::Plain)?;
        let options = [
            format!("APT::Architecture={}", client.arch),
            // The list of foreign architectures is dpkg's, which this must not depend on.
            format!("APT::Architectures::={}", client.arch),
            format!("Dir::State={own}"),
            format!("Dir::State::status={own}/status"),
            format!("Dir::Cache={own}/cache"),
            format!("Dir::Etc::preferences={own}/preferences"),
            "Dir::Etc::preferencesparts=/dev/null".to_owned(),
            "APT::Install-Recommends=false".to_owned(),
            "Acquire::Languages=none".to_owned(),
            // The folder is ours, and may lie where apt's own user cannot go.
            "APT::Sandbox::User=".to_owned(),
        ];
        let options = options.into_iter().flat_map(|option| ["-o".to_owned(), option]).collect();
        Ok(Self { options, packages })
    }

    /// Fetches the lists of packages.
    pub(crate) fn update(&self) -> Result<(), BuildError> {
        self.client(&["-qq", "update"]).check(
            "fetching Debian's lists of packages",
            None,
            &|_| {},
        )?;
        Ok(())
    }

    /// Fetches packages into the folder of packages.
    pub(crate) fn download(&self, packages: &[&DebianPackage]) -> Result<(), BuildError> {
        let named: Vec<String> = packages
            .iter()
            .map(|package| format!("{}={}", package.name, package.version))
            .collect();
        let words: Vec<&str> =
            ["-qq", "download"].into_iter().chain(named.iter().map(String::as_str)).collect();
        self.client(&words).check("fetching Debian packages with apt-get", None, &|_| {})?;
        Ok(())
    }

    /// What `want` needs, worked out by apt's own solver on an empty system; digests are not known yet.
    pub(crate) fn solve(
        &self,
        want: &[String],
    ) -> Result<Vec<(String, String, String)>, BuildError> {
        let words: Vec<&str> = ["-qq", "--print-uris", "install"]
            .into_iter()
            .chain(want.iter().map(String::as_str))
            .collect();
        let outcome = self.client(&words).check("solving for Debian packages", None, &|_| {})?;
        let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
        Ok(text.lines().filter_map(named).collect())
    }

    fn client(&self, words: &[&str]) -> Invocation {
        let words = self.options.iter().cloned().chain(words.iter().map(|word| (*word).to_owned()));
        let mut client = Invocation::new("apt-get", words);
        client.inherit = true;
        client.environment.insert("LC_ALL".to_owned(), "C".to_owned());
        client.folder = Some(self.packages.clone());
        client
    }
}

/// Name, version and architecture in a line of `--print-uris`: `'URL' NAME_VERSION_ARCH.deb SIZE DIGEST`.
fn named(line: &str) -> Option<(String, String, String)> {
    let file = line.split_whitespace().nth(1)?.strip_suffix(".deb")?;
    let mut parts = file.split('_').map(|part| part.replace("%3a", ":"));
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// `apt_preferences(5)`. A stable suite keeps its files for as long as it lives, while the archive of security updates drops a
/// version when the next one comes: so a build root takes from it only what ends up in programs that we ship.
fn preferences(root: &DebianRoot) -> String {
    let mut text = "Package: *\nPin: release l=Debian-Security\nPin-Priority: 100\n".to_owned();
    if !root.shipped.is_empty() {
        let _ = write!(
            text,
            "\nPackage: {}\nPin: release l=Debian-Security\nPin-Priority: 500\n",
            root.shipped.join(" ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_in_a_file_name_is_a_colon_in_a_version() {
        let line = "'https://example.org/pool/z/zlib1g_1.2.13_amd64.deb' zlib1g_1%3a1.2.13.dfsg-1_amd64.deb 86684 MD5Sum:ec42";
        assert_eq!(named(line), Some(("zlib1g".into(), "1:1.2.13.dfsg-1".into(), "amd64".into())));
        assert_eq!(named("Reading package lists..."), None);
    }
}
