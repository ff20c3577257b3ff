//! Cases that nobody builds: what a registry serves, fetched by the ecosystem's ordinary client at an exact version.

use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xshell::{Shell, cmd};

/// A package of a registry.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Served {
    /// `group:artifact:version` of Maven Central.
    Maven(String),
    /// `name==version` of `PyPI`: the wheel for 64-bit Linux.
    Pip(String),
    /// A package of Debian's, by name.
    Debian(String),
}

impl Served {
    pub(crate) fn fetch(&self, into: &Utf8Path) -> anyhow::Result<()> {
        let scratch = into.with_extension("fetch");
        files::remove_tree(&scratch)?;
        files::create_dir_all(&scratch)?;
        let shell = Shell::new()?;
        shell.change_dir(&scratch);
        match self {
            Self::Maven(coordinates) => {
                cmd!(shell, "mvn -q -B dependency:copy -Dmdep.useBaseVersion=true -Dartifact={coordinates} -DoutputDirectory={scratch}")
                    .quiet().ignore_stdout().ignore_stderr().run()?;
            }
            Self::Pip(requirement) => {
                cmd!(shell, "python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform manylinux_2_34_x86_64 --python-version 3.12 --dest {scratch} {requirement}")
                    .quiet().run()?;
            }
            Self::Debian(name) => {
                cmd!(shell, "apt-get -qq download {name}").quiet().ignore_stderr().run()?;
            }
        }
        let fetched = only_file(&scratch)?;
        files::rename_dir(&fetched, into)?;
        files::remove_tree(&scratch)?;
        Ok(())
    }
}

fn only_file(folder: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let entries = files::walk(folder)?;
    let entry = entries.first().with_context(|| format!("nothing was fetched into `{folder}`"))?;
    Ok(folder.join(&entry.path))
}
