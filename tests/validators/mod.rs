//! Outside readers of what we write, for any test: `#[path = ".../tests/validators/mod.rs"] mod validators;`.
//!
//! The first call installs the pinned packages of `requirements.txt` below `target/` with the host's Python and pip, by
//! digest; later calls use what is there. Python's `venv` is not needed, which Debian packages apart.

#![expect(
    clippy::disallowed_methods,
    reason = "outside programs are the point, and the folder is of this test only"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const REQUIREMENTS: &str = include_str!("requirements.txt");
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/");

/// Has outside programs read the document at `path`, which claims to be of this form: `cyclonedx`, `sarif`, `junit`, or `scan`
/// for `fipsmith-scan/1`. `target` is cargo's target folder. `Ok` holds what they saw, `Err` one problem a line.
pub(crate) fn validate(target: &Path, form: &str, path: &Path) -> Result<String, String> {
    let output = Command::new("python3")
        .arg("-I")
        .arg(script())
        .arg(installed(target))
        .arg(form)
        .arg(path)
        .output();
    let Output { status, stdout, stderr } =
        output.expect("python3 is on the PATH (`cargo xtask doctor` names it)");
    let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(text) } else { Err(text) }
}

fn script() -> PathBuf {
    Path::new(FOLDER)
        .ancestors()
        .map(|folder| folder.join("tests/validators/validate.py"))
        .find(|file| file.is_file())
        .expect("the script is in tests/validators")
}

/// The folder with the packages; two test programs that need it at once wait for each other.
fn installed(target: &Path) -> PathBuf {
    let root = target.join("validators");
    fs::create_dir_all(&root).unwrap();
    let lock = fs::File::options().create(true).append(true).open(root.join("lock")).unwrap();
    lock.lock().unwrap();
    let (site, stamp) = (root.join("site"), root.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|text| text == REQUIREMENTS) {
        return site;
    }
    let _ = fs::remove_dir_all(&site);
    let requirements = root.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).unwrap();
    install(&site, &requirements);
    fs::write(&stamp, REQUIREMENTS).unwrap();
    site
}

fn install(site: &Path, requirements: &Path) {
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ])
        .args(["--only-binary", ":all:", "--target"])
        .arg(site)
        .arg("--requirement")
        .arg(requirements)
        .output()
        .expect("python3 is on the PATH (`cargo xtask doctor` names it)");
    assert!(
        output.status.success(),
        "pip could not install the validators: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
