//! A copy of `tests/good` that a test may spoil.

use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Catalog, Problem, Problems};

/// A `manifests` folder of a test's own.
pub(crate) struct Manifests {
    _guard: tempfile::TempDir,
    dir: Utf8PathBuf,
}

impl Manifests {
    /// Everything in it is right.
    pub(crate) fn good() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let dir = files::utf8(guard.path().join("manifests")).unwrap();
        files::copy_tree(
            Utf8Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/good")),
            &dir,
        )
        .unwrap();
        Self { _guard: guard, dir }
    }

    /// The same with one text of one file replaced, which must be there exactly once.
    pub(crate) fn edit(self, file: &str, from: &str, to: &str) -> Self {
        let text = files::read_text(&self.dir.join(file), catalog::FILE_LIMIT).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
        self.write(file, text.replace(from, to))
    }

    /// The same with a file of this content.
    pub(crate) fn write(self, file: &str, content: impl AsRef<[u8]>) -> Self {
        files::write(&self.dir.join(file), content.as_ref(), files::Mode::Plain).unwrap();
        self
    }

    /// The same without a file or folder.
    pub(crate) fn remove(self, path: &str) -> Self {
        files::remove_tree(&self.dir.join(path)).unwrap();
        self
    }

    pub(crate) fn load(&self) -> Result<Catalog, Problems> {
        Catalog::load(&self.dir)
    }

    /// Problems as they are printed, with the test's folder called `M`.
    pub(crate) fn shown(&self, problems: &[Problem]) -> String {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n").replace(self.dir.as_str(), "M")
    }

    /// What is printed, with the test's folder called `M`.
    pub(crate) fn problems(&self) -> String {
        self.load()
            .expect_err("there is something wrong")
            .to_string()
            .replace(self.dir.as_str(), "M")
    }
}

/// What is printed when one text of one file is replaced.
pub(crate) fn spoiled(file: &str, from: &str, to: &str) -> String {
    Manifests::good().edit(file, from, to).problems()
}
