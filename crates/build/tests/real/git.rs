//! Components from git repositories, which these tests make: a program that prints a digest, a second module inside the
//! repository that it replaces by its folder, a tag, a link, attributes that would change bytes.

use crate::bench::{Notes, at, shared};
use build::{BuildError, Built, Options, Plan, SandboxMode, Selection, Workspace};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Catalog;
use std::os::unix::fs::PermissionsExt as _;

const MAIN: &str = "package main\n\nimport (\n\t\"crypto/sha256\"\n\t\"fmt\"\n\n\t\"example.org/greeting\"\n)\n\nfunc main() { fmt.Printf(\"%s %x\\n\", greeting.Text, sha256.Sum256(nil)) }\n";
const GO_MOD: &str = "module example.org/tool\n\ngo 1.24.0\n\nrequire example.org/greeting v0.0.0\n\nreplace example.org/greeting => ../greeting\n";

/// A repository with two commits; `first` is the one that recipes pin.
struct Repository {
    folder: Utf8PathBuf,
    first: String,
    second: String,
}

fn git(folder: &Utf8Path, arguments: &[&str]) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test stands where a user stands")]
    let output = std::process::Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn write(path: &Utf8Path, text: &str) {
    files::write(path, text.as_bytes(), files::Mode::Plain).unwrap();
}

fn repository(folder: &Utf8Path) -> Repository {
    files::create_dir_all(folder).unwrap();
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    write(&folder.join("tool/go.mod"), GO_MOD);
    write(&folder.join("tool/main.go"), MAIN);
    write(&folder.join("greeting/go.mod"), "module example.org/greeting\n\ngo 1.24.0\n");
    write(
        &folder.join("greeting/greeting.go"),
        "package greeting\n\n// Text is said.\nconst Text = \"first\"\n",
    );
    write(&folder.join("greeting/crlf.txt"), "one\r\ntwo $Id$ $Format:%H$\r\n");
    write(
        &folder.join(".gitattributes"),
        "*.txt text eol=lf ident export-subst\ngreeting/*.go export-ignore\n",
    );
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
    git(folder, &["-c", "core.autocrlf=false", "add", "--all"]);
    git(folder, &["commit", "--quiet", "--message=first"]);
    let first = git(folder, &["rev-parse", "HEAD"]);
    git(folder, &["tag", "--annotate", "v1.0.0", "--message=tag"]);
    write(
        &folder.join("greeting/greeting.go"),
        "package greeting\n\n// Text is said.\nconst Text = \"second\"\n",
    );
    git(folder, &["commit", "--quiet", "--all", "--message=second"]);
    let second = git(folder, &["rev-parse", "HEAD"]);
    Repository { folder: folder.to_owned(), first, second }
}

/// A bench: a throw-away folder, a repository in it, and manifests with one component that is built from it.
struct Bench {
    _guard: tempfile::TempDir,
    repository: Repository,
    workspace: Workspace,
}

fn bench(edit: impl Fn(&Repository, String) -> String) -> Bench {
    let guard = tempfile::tempdir().unwrap();
    let folder = Utf8PathBuf::from_path_buf(guard.path().canonicalize().unwrap()).unwrap();
    let repository = repository(&folder.join("repository"));
    let manifests = folder.join("manifests");
    files::copy_tree(shared().manifests(), &manifests).unwrap();
    let recipe = format!(
        "name = \"tool\"\nsummary = \"a tool of the user's own\"\nrepository = \"https://example.org/tool\"\nlicence = \"MIT\"\nversion = \"v1.0.0\"\nmodules = [\"example.org/tool\"]\nbackends = [\"go-native\"]\n\n[[packages]]\nimport = \"example.org/tool\"\nartifact = \"tool\"\n\n[source]\ngit = \"file://{}\"\ncommit = \"{}\"\npath = \"tool\"\n",
        repository.folder, repository.first
    );
    write(&manifests.join("components/tool.toml"), &edit(&repository, recipe));
    write(
        &manifests.join("profiles/own.toml"),
        "name = \"own\"\nsummary = \"a component of the user's own\"\nversion = \"1.0.0\"\nfips = 0\npolicy = \"fips140-3-active\"\ntargets = [\"linux/amd64\"]\nsupplier = \"the tests\"\n\n[[components]]\ncomponent = \"tool\"\n",
    );
    let workspace = at(folder.as_std_path(), &manifests);
    Bench { _guard: guard, repository, workspace }
}

fn plan(workspace: &Workspace) -> Plan {
    let catalog =
        Catalog::load(workspace.manifests()).unwrap_or_else(|problems| panic!("{problems}"));
    let profile = catalog.profiles.get(&"own".parse().unwrap()).unwrap();
    build::plan(&catalog, profile, &Selection::default(), workspace)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn made(workspace: &Workspace, notes: &Notes) -> Result<Built, BuildError> {
    let plan = plan(workspace);
    build::check_local_sources(&plan, workspace)?;
    let toolbox = build::fetch(&plan, workspace, false, notes)?;
    let options = Options { sandbox: SandboxMode::Auto, ..Options::default() };
    let mut built =
        build::build(&plan, &toolbox, options, notes).map_err(|mut errors| errors.remove(0))?;
    Ok(built.remove(0))
}

/// What the program says when it runs.
fn says(built: &Built, bench: &Bench) -> String {
    let path = bench.repository.folder.parent().unwrap().join("program");
    files::write(
        &path,
        &built.artifacts().first().unwrap().read().unwrap(),
        files::Mode::Executable,
    )
    .unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test stands where a user stands")]
    let output = std::process::Command::new(&path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Without it the newest commit, the working tree or the host's paths could be what is built.
pub(crate) fn a_commit_is_built_from_git() {
    let bench = bench(|_, recipe| recipe);
    write(&bench.repository.folder.join("tool/main.go"), "not Go at all");
    let notes = Notes::default();
    let built = made(&bench.workspace, &notes).unwrap();
    assert!(says(&built, &bench).starts_with("first e3b0c442"));
    let tree = built.record().git.clone().unwrap();
    assert_eq!(
        (tree.commit.as_str(), tree.path.as_str()),
        (bench.repository.first.as_str(), "tool")
    );
    let bytes = built.artifacts().first().unwrap().read().unwrap();
    let folder = bench.repository.folder.parent().unwrap().as_str().as_bytes();
    assert!(!bytes.windows(folder.len()).any(|window| window == folder));
    assert!(notes.0.lock().unwrap().iter().any(|note| note.contains("1 symbolic links")));
    // Nothing is left to do the second time, and a pinned tree that is right changes nothing but the action.
    assert!(made(&bench.workspace, &Notes::default()).unwrap().cached());
}

/// Without it a release made from a clone would not be the one that everybody else makes; and a clone that stands elsewhere, or
/// is named for a component that is not built from git, would pass.
pub(crate) fn a_local_clone_gives_the_same_action_and_bytes() {
    let with_url = bench(|_, recipe| recipe);
    let first = made(&with_url.workspace, &Notes::default()).unwrap();
    let local = bench(|_, recipe| recipe.replace("file://", "https://no.such.host.example.org"));
    let clone = local.repository.folder.clone();
    let workspace =
        local.workspace.clone().with_local_source("tool".parse().unwrap(), clone.clone());
    let error = made(&workspace, &Notes::default()).unwrap_err();
    assert!(
        matches!(&error, BuildError::OtherCommit { head, .. } if *head == local.repository.second),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("checkout"), "{error}");
    git(&clone, &["checkout", "--quiet", &local.repository.first]);
    write(&clone.join("tool/main.go"), "what is not committed is never built");
    let second = made(&workspace, &Notes::default()).unwrap();
    assert_eq!(first.artifacts(), second.artifacts());
    let other = local.workspace.clone().with_local_source("etcd".parse().unwrap(), clone);
    let error = made(&other, &Notes::default()).unwrap_err();
    assert!(matches!(error, BuildError::NoGitSource { .. }), "{error}");
}

/// Without it a typing mistake, a tag's object or a commit that was never pushed would end in git's own words.
pub(crate) fn a_commit_that_is_not_there_is_named() {
    let nowhere = "0123456789012345678901234567890123456789";
    let absent = bench(|repository, recipe| recipe.replace(&repository.first, nowhere));
    let error = made(&absent.workspace, &Notes::default()).unwrap_err();
    assert!(
        matches!(&error, BuildError::NoSuchCommit { commit, .. } if commit == nowhere),
        "{error}"
    );
    let tag = bench(|repository, recipe| {
        recipe.replace(&repository.first, &git(&repository.folder, &["rev-parse", "v1.0.0"]))
    });
    let error = made(&tag.workspace, &Notes::default()).unwrap_err();
    assert!(matches!(&error, BuildError::NotACommit { what, .. } if what == "tag"), "{error}");
    let short = bench(|_, recipe| recipe);
    let file = short.workspace.manifests().join("components/tool.toml");
    let text = files::read_text(&file, 1 << 20).unwrap();
    let cut = short.repository.first.get(..12).unwrap();
    write(&file, &text.replace(&short.repository.first, cut));
    let problems = Catalog::load(short.workspace.manifests()).unwrap_err().to_string();
    assert!(
        problems.contains("is not a full commit") && problems.contains("git rev-parse"),
        "{problems}"
    );
}

/// Without it `.gitattributes` could change line ends, fill in words or leave files out, by the git client's version and settings.
pub(crate) fn attributes_change_no_byte() {
    let bench = bench(|_, recipe| recipe);
    drop(made(&bench.workspace, &Notes::default()).unwrap());
    let short = bench.repository.first.get(..12).unwrap();
    let folder = bench.workspace.state().join(format!("sources/tool-git-{short}"));
    let read = |name: &str| files::read_text(&folder.join(name), 1 << 20).unwrap();
    let committed = git(
        &bench.repository.folder,
        &["cat-file", "-p", &format!("{}:greeting/crlf.txt", bench.repository.first)],
    );
    assert_eq!(read("greeting/crlf.txt").trim(), committed);
    assert!(committed.contains("$Id$ $Format:%H$"), "{committed}");
    assert!(read("greeting/greeting.go").contains("first"));
    assert_eq!(read("link"), "/etc/passwd");
    assert!(!folder.join(".git").exists());
}

/// Without it a folder that holds another module, or none, or a tree that is not the pinned one, would fail somewhere in the
/// compiler, or not at all.
pub(crate) fn another_module_is_refused() {
    let top = bench(|_, recipe| recipe.replace("path = \"tool\"\n", ""));
    let error = made(&top.workspace, &Notes::default()).unwrap_err();
    assert!(error.to_string().contains("there is no go.mod in `.`"), "{error}");
    let other = bench(|_, recipe| recipe.replace("path = \"tool\"", "path = \"greeting\""));
    let error = made(&other.workspace, &Notes::default()).unwrap_err();
    assert!(error.to_string().contains("is of the module `example.org/greeting`"), "{error}");
    let sum = "h1:YapsF69QWGwygaBqdI0rp7IfE5a6tAwepNAHONVcWqQ=";
    let pinned = bench(|_, recipe| format!("{recipe}tree-h1 = \"{sum}\"\n"));
    let error = made(&pinned.workspace, &Notes::default()).unwrap_err();
    assert!(
        matches!(&error, BuildError::PinMismatch { expected, .. } if expected == sum),
        "{error}"
    );
}

/// Without it a file changed between fetching and building would be compiled under the honest commit's name.
pub(crate) fn a_changed_checkout_is_refused() {
    let bench = bench(|_, recipe| recipe);
    drop(made(&bench.workspace, &Notes::default()).unwrap());
    files::remove_tree(&bench.workspace.state().join("actions")).unwrap();
    let short = bench.repository.first.get(..12).unwrap();
    let file =
        bench.workspace.state().join(format!("sources/tool-git-{short}/greeting/greeting.go"));
    fs_err::set_permissions(file.parent().unwrap(), std::fs::Permissions::from_mode(0o755))
        .unwrap();
    write(&file, "package greeting\n\nconst Text = \"tampered\"\n");
    let error = made(&bench.workspace, &Notes::default()).unwrap_err();
    assert!(matches!(&error, BuildError::TreeChanged { .. }), "{error}");
}
