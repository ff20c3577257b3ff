//! A cargo workspace without what one package does not need: other members, tests, and the lines of `Cargo.lock` for them. What
//! is left is all that a build reads, so nothing else makes the package be built again.

use camino::{Utf8Path, Utf8PathBuf};
use catalog::{CrateSource, RustBuild};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// What stands above each package in a lock file.
const PACKAGE: &str = "[[package]]\n";
/// No source file is larger.
const FILE_LIMIT: u64 = 4 << 20;
/// Tables of a manifest that only tests need.
const FOR_TESTS: [&str; 4] = ["dev-dependencies", "test", "bench", "example"];
/// What cargo would look for beside `src`.
const LOOKED_FOR: [&str; 3] = ["autotests", "autobenches", "autoexamples"];

/// The sources of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trimmed {
    /// Every file, by its path below the workspace.
    pub(crate) files: BTreeMap<String, String>,
    /// Every package of the registry that `Cargo.lock` names for it.
    pub(crate) crates: Vec<CrateSource>,
    /// The version of the package.
    pub(crate) version: String,
}

/// Why there are none: the file, and what is wrong with it.
pub(crate) type Wrong = (String, String);

struct Member {
    folder: Utf8PathBuf,
    manifest: Table,
}

/// Reads the workspace in `root` for what `rust` names.
pub(crate) fn trimmed(root: &Utf8Path, rust: &RustBuild) -> Result<Trimmed, Wrong> {
    let mut manifest = table(root, "Cargo.toml")?;
    let members = members(root, &manifest)?;
    let wanted = closure(&members, &rust.package)?;
    let folders: Vec<Value> =
        wanted.values().map(|member| Value::from(member.folder.as_str())).collect();
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut);
    let workspace = workspace.ok_or_else(|| wrong("Cargo.toml", "it is no workspace"))?;
    workspace.insert("members".to_owned(), Value::Array(folders));
    workspace.remove("exclude");
    let version = version(workspace, &wanted, rust)?;
    let mut files = BTreeMap::from([("Cargo.toml".to_owned(), written("Cargo.toml", &manifest)?)]);
    for member in wanted.values() {
        sources(root, member, &mut files)?;
    }
    for path in &rust.include {
        files.insert(path.clone(), text(root, path)?);
    }
    let (lock, crates) = lock(root, &wanted)?;
    files.insert("Cargo.lock".to_owned(), lock);
    Ok(Trimmed { files, crates, version })
}

/// Every member by its name: plain paths, and `folder/*`.
fn members(root: &Utf8Path, manifest: &Table) -> Result<BTreeMap<String, Member>, Wrong> {
    let listed = manifest.get("workspace").and_then(|workspace| workspace.get("members"));
    let listed = listed.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut folders = Vec::new();
    for pattern in listed {
        let Some(above) = pattern.strip_suffix("/*") else {
            folders.push(Utf8PathBuf::from(pattern));
            continue;
        };
        let failed = |error: std::io::Error| wrong("Cargo.toml", format!("`{pattern}`: {error}"));
        for item in root.join(above).read_dir_utf8().map_err(failed)? {
            let name = item.map_err(failed)?.file_name().to_owned();
            let folder = Utf8Path::new(above).join(name);
            if root.join(&folder).join("Cargo.toml").exists() {
                folders.push(folder);
            }
        }
    }
    let mut members = BTreeMap::new();
    for folder in folders {
        let file = folder.join("Cargo.toml");
        let manifest = table(root, file.as_str())?;
        let name = manifest.get("package").and_then(|package| package.get("name"));
        let name = name.and_then(Value::as_str).map(str::to_owned);
        let name = name.ok_or_else(|| wrong(file.as_str(), "it names no package"))?;
        members.insert(name, Member { folder, manifest });
    }
    Ok(members)
}

/// The package and the members that it is built from.
fn closure<'a>(
    members: &'a BTreeMap<String, Member>,
    package: &str,
) -> Result<BTreeMap<&'a str, &'a Member>, Wrong> {
    if !members.contains_key(package) {
        let message = format!("the workspace has no member `{package}`");
        return Err(wrong("Cargo.toml", message));
    }
    let mut wanted = BTreeMap::new();
    let mut open = vec![package];
    while let Some(name) = open.pop() {
        let Some((name, member)) = members.get_key_value(name) else { continue };
        if wanted.insert(name.as_str(), member).is_none() {
            open.extend(dependencies(&member.manifest));
        }
    }
    Ok(wanted)
}

fn dependencies(manifest: &Table) -> impl Iterator<Item = &str> {
    ["dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|name| manifest.get(name)?.as_table())
        .flat_map(Table::keys)
        .map(String::as_str)
}

fn version(
    workspace: &Table,
    wanted: &BTreeMap<&str, &Member>,
    rust: &RustBuild,
) -> Result<String, Wrong> {
    let own = wanted.get(rust.package.as_str()).and_then(|member| {
        member.manifest.get("package")?.get("version")?.as_str().map(str::to_owned)
    });
    let shared = || Some(workspace.get("package")?.get("version")?.as_str()?.to_owned());
    own.or_else(shared).ok_or_else(|| wrong("Cargo.toml", "the package has no version"))
}

/// A member's manifest without tests, and everything in `src`.
fn sources(
    root: &Utf8Path,
    member: &Member,
    files: &mut BTreeMap<String, String>,
) -> Result<(), Wrong> {
    let mut manifest = member.manifest.clone();
    for name in FOR_TESTS {
        manifest.remove(name);
    }
    if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
        package.extend(LOOKED_FOR.map(|name| (name.to_owned(), Value::Boolean(false))));
    }
    let file = member.folder.join("Cargo.toml").into_string();
    let written = written(&file, &manifest)?;
    files.insert(file, written);
    let src = member.folder.join("src");
    let entries = files::walk(&root.join(&src)).map_err(|error| wrong(src.as_str(), error))?;
    for entry in entries {
        let path = src.join(entry.path).into_string();
        files.insert(path.clone(), text(root, &path)?);
    }
    let script = member.folder.join("build.rs").into_string();
    if root.join(&script).exists() {
        files.insert(script.clone(), text(root, &script)?);
    }
    Ok(())
}

/// The part of `Cargo.lock` that these members reach, and the packages in it.
fn lock(
    root: &Utf8Path,
    wanted: &BTreeMap<&str, &Member>,
) -> Result<(String, Vec<CrateSource>), Wrong> {
    const LOCK: &str = "Cargo.lock";
    let whole = text(root, LOCK)?;
    let parsed: Table = whole.parse().map_err(|error| wrong(LOCK, error))?;
    let packages: Vec<&Table> = parsed
        .get("package")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .collect();
    let field = |package: &Table, name: &str| {
        package.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut open: Vec<String> = wanted.keys().map(|&name| name.to_owned()).collect();
    let mut reached = BTreeSet::new();
    let mut crates = Vec::new();
    while let Some(asked) = open.pop() {
        // `name`, or `name version` where there are several.
        let mut words = asked.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        for package in packages.iter().filter(|package| field(package, "name") == name) {
            let found = field(package, "version");
            if version.is_some_and(|version| version != found)
                || !reached.insert((name.to_owned(), found.clone()))
            {
                continue;
            }
            open.extend(match wanted.get(name) {
                Some(member) => direct(package, &member.manifest),
                None => listed(package).map(str::to_owned).collect(),
            });
            if let Ok(sha256) = field(package, "checksum").parse() {
                crates.push(CrateSource { name: name.to_owned(), version: found, sha256 });
            }
        }
    }
    crates.sort();
    let kept = |block: &&str| {
        let value = |key: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
            line.and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
        };
        reached.contains(&(value("name"), value("version")))
    };
    let (head, blocks) = whole.split_once(PACKAGE).unwrap_or((&whole, ""));
    let blocks: Vec<String> =
        blocks.split(PACKAGE).filter(kept).map(|block| format!("{PACKAGE}{block}")).collect();
    Ok((format!("{head}{}", blocks.concat()), crates))
}

fn listed(package: &Table) -> impl Iterator<Item = &str> {
    let list = package.get("dependencies").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// What a member needs to be built: the lock lists what its tests need too.
fn direct(package: &Table, manifest: &Table) -> Vec<String> {
    let named: BTreeSet<&str> = dependencies(manifest).collect();
    let is_named = |entry: &&str| entry.split(' ').next().is_some_and(|name| named.contains(name));
    listed(package).filter(is_named).map(str::to_owned).collect()
}

fn text(root: &Utf8Path, path: &str) -> Result<String, Wrong> {
    files::read_text(&root.join(path), FILE_LIMIT).map_err(|error| wrong(path, error))
}

fn table(root: &Utf8Path, path: &str) -> Result<Table, Wrong> {
    text(root, path)?.parse().map_err(|error| wrong(path, error))
}

fn written(path: &str, table: &Table) -> Result<String, Wrong> {
    toml::to_string(table).map_err(|error| wrong(path, error))
}

fn wrong(file: &str, message: impl ToString) -> Wrong {
    (file.to_owned(), message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Utf8PathBuf {
        Utf8Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
    }

    fn wanted(package: &str, include: &[&str]) -> RustBuild {
        RustBuild {
            package: package.to_owned(),
            features: vec!["fips".to_owned()],
            programs: vec![package.parse().unwrap()],
            include: include.iter().map(|&path| path.to_owned()).collect(),
        }
    }

    /// On this repository: makers, tests and what only they use do not make the checker be built again.
    #[test]
    fn what_is_left_is_what_the_package_is_built_from() {
        let trimmed = trimmed(&root(), &wanted("fipsmith", &["keys.example/seal.pub"])).unwrap();
        let has = |path: &str| trimmed.files.contains_key(path);
        assert!(has("crates/crypto/src/lib.rs") && has("keys.example/seal.pub"));
        assert!(!has("crates/pipeline/Cargo.toml") && !has("crates/inspect/tests/it/main.rs"));
        let manifest: Table = trimmed.files["Cargo.toml"].parse().unwrap();
        let members = manifest["workspace"]["members"].as_array().unwrap();
        assert!(members.contains(&"crates/inspect".into()) && !members.contains(&"xtask".into()));
        assert!(!trimmed.files["crates/inspect/Cargo.toml"].contains("proptest"));
        let pinned = |name: &str| trimmed.crates.iter().find(|source| source.name == name);
        assert_eq!(pinned("aws-lc-fips-sys").unwrap().version, "0.13.11");
        assert!(pinned("proptest").is_none() && pinned("indicatif").is_none());
        let lock = &trimmed.files["Cargo.lock"];
        assert!(lock.contains("name = \"inspect\"") && !lock.contains("name = \"pipeline\""));
    }

    #[test]
    fn a_package_that_is_no_member_and_a_file_that_is_not_there_are_named() {
        let (file, message) = trimmed(&root(), &wanted("fipsmiht", &[])).unwrap_err();
        assert_eq!(file, "Cargo.toml");
        assert!(message.contains("`fipsmiht`"), "{message}");
        let (file, _) = trimmed(&root(), &wanted("vocab", &["keys.example/none"])).unwrap_err();
        assert_eq!(file, "keys.example/none");
    }
}
