//! What becomes of upstream's `replace` lines. One with a version is repeated as it is. One that points to a folder of
//! upstream's repository must become a published version: a module archive does not hold that folder.

use super::{Request, WrapError, upstream::Upstream};
use std::collections::BTreeMap;

/// Left side (path, version or nothing) to right side (path, version).
pub(super) type Replaces = BTreeMap<(String, String), (String, String)>;

/// Asks for the version behind a query; `None` when it cannot be had.
pub(super) type Ask<'a> = &'a dyn Fn(&str) -> Result<Option<String>, WrapError>;

/// What becomes of one local replace.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    To(String, String),
    Dropped,
    /// Only `--map` can say.
    Open,
}

/// The replaces of a wrapper. Local ones that nothing is known of are named together.
pub(super) fn of(
    request: &Request,
    upstream: &[Upstream],
    ask: Ask<'_>,
    notes: &mut Vec<String>,
) -> Result<Replaces, WrapError> {
    let mut all = Replaces::new();
    let mut open = Vec::new();
    for module in upstream {
        for line in &module.go_mod.replace {
            // A component's own modules are what is built: they are never something else.
            if upstream.iter().any(|own| own.path == line.old.path) {
                continue;
            }
            let fate = if line.new.version.is_empty() {
                local(request, module, &line.old.path, ask, notes)?
            } else {
                Fate::To(line.new.path.clone(), line.new.version.clone())
            };
            let left = (line.old.path.clone(), line.old.version.clone());
            match fate {
                Fate::Dropped => {}
                Fate::Open => open.push((line.old.path.clone(), line.new.path.clone())),
                Fate::To(path, version) => insert(&mut all, left, (path, version))?,
            }
        }
    }
    // What upstream replaces by no folder is mapped because a version it requires cannot be had; `checks` sees to it that nothing
    // of that is linked.
    for (path, target) in &request.map {
        let mapped = upstream.iter().any(|module| module.go_mod.replaces_by_folder(path));
        if !mapped {
            let (to, version) = target.split_once('@').unwrap_or((target, ""));
            insert(&mut all, (path.clone(), String::new()), (to.to_owned(), version.to_owned()))?;
        }
    }
    if open.is_empty() {
        return Ok(all);
    }
    open.sort();
    open.dedup();
    let name = request.name.to_string();
    Err(WrapError::NeedsMap { name, replaces: open })
}

fn insert(
    all: &mut Replaces,
    left: (String, String),
    right: (String, String),
) -> Result<(), WrapError> {
    match all.get(&left) {
        Some(other) if *other != right => Err(WrapError::ReplacesDiffer {
            module: left.0,
            one: format!("{} {}", other.0, other.1),
            two: format!("{} {}", right.0, right.1),
        }),
        _ => {
            all.insert(left, right);
            Ok(())
        }
    }
}

/// The order matters: what a person said comes first, then what is known of a project, then what can be asked.
fn local(
    request: &Request,
    module: &Upstream,
    path: &str,
    ask: Ask<'_>,
    notes: &mut Vec<String>,
) -> Result<Fate, WrapError> {
    if let Some(target) = request.map.get(path) {
        let (path, version) = target.split_once('@').unwrap_or((target, ""));
        return Ok(Fate::To(path.to_owned(), version.to_owned()));
    }
    // Kubernetes publishes each folder of `staging/` as its own module, v0.37.1 beside v1.37.1.
    if module.path == "k8s.io/kubernetes"
        && path.starts_with("k8s.io/")
        && let Some(rest) = module.version.strip_prefix("v1.")
    {
        return Ok(Fate::To(path.to_owned(), format!("v0.{rest}")));
    }
    let Some(required) = module.go_mod.required(path) else { return Ok(Fate::Dropped) };
    let same = format!("{path}@{}", commit_of(&module.version).unwrap_or(&module.version));
    match ask(&same)? {
        Some(version) if version == required => Ok(Fate::Dropped),
        Some(version) => Ok(Fate::To(path.to_owned(), version)),
        None if is_placeholder(required) => Ok(Fate::Open),
        None => {
            notes.push(format!(
                "`{path}` is a folder of upstream's repository; `{same}` cannot be had, so the required {required} is taken, which may be older than the folder"
            ));
            Ok(Fate::Dropped)
        }
    }
}

/// A version that stands for "the folder beside me" and was never published.
pub(super) fn is_placeholder(version: &str) -> bool {
    version == "v0.0.0" || version.starts_with("v0.0.0-0001")
}

/// The twelve digits of commit in a pseudo-version (Go Modules Reference, "Pseudo-versions").
pub(super) fn commit_of(version: &str) -> Option<&str> {
    let (rest, commit) = version.trim_end_matches("+incompatible").rsplit_once('-')?;
    let stamp = rest.rsplit(['-', '.']).next()?;
    let hex = commit.len() == 12 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    (hex && stamp.len() == 14 && stamp.bytes().all(|b| b.is_ascii_digit())).then_some(commit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::upstream::{GoMod, ModuleVersion, Replace};

    fn module(path: &str, version: &str, requires: &[(&str, &str)], locals: &[&str]) -> Upstream {
        let pair = |path: &str, version: &str| ModuleVersion {
            path: path.into(),
            version: version.into(),
        };
        Upstream {
            path: path.into(),
            version: version.into(),
            h1: String::new(),
            commit: None,
            repository: None,
            licences: vec![],
            go_mod: GoMod {
                require: requires.iter().map(|(path, version)| pair(path, version)).collect(),
                replace: locals
                    .iter()
                    .map(|path| Replace { old: pair(path, ""), new: pair("./x", "") })
                    .collect(),
                ..GoMod::default()
            },
            go_sum: String::new(),
        }
    }

    fn request() -> Request {
        Request {
            name: "x".parse().unwrap(),
            modules: vec![],
            packages: vec![],
            map: BTreeMap::new(),
            trust_first_use: vec![],
            tags: vec![],
            cgo: false,
        }
    }

    /// Published: only what is named here.
    fn replaces(
        module: Upstream,
        published: &[(&str, &str)],
    ) -> (Result<Replaces, WrapError>, Vec<String>) {
        mapped(&[], module, published)
    }

    fn mapped(
        map: &[(&str, &str)],
        module: Upstream,
        published: &[(&str, &str)],
    ) -> (Result<Replaces, WrapError>, Vec<String>) {
        let map = map.iter().map(|(path, target)| ((*path).into(), (*target).into())).collect();
        let request = Request { map, ..request() };
        let mut notes = vec![];
        let ask = |query: &str| {
            Ok(published
                .iter()
                .find(|(name, _)| *name == query)
                .map(|(_, version)| (*version).to_owned()))
        };
        (of(&request, &[module], &ask, &mut notes), notes)
    }

    fn to(path: &str, version: &str) -> ((String, String), (String, String)) {
        ((path.into(), String::new()), (path.into(), version.into()))
    }

    #[test]
    fn staging_modules_of_kubernetes_follow_its_minor_and_patch_version() {
        let kubernetes = module(
            "k8s.io/kubernetes",
            "v1.37.1",
            &[("k8s.io/api", "v0.0.0")],
            &["k8s.io/api", "k8s.io/kubernetes"],
        );
        assert_eq!(
            replaces(kubernetes, &[]).0.unwrap(),
            BTreeMap::from([to("k8s.io/api", "v0.37.1")])
        );
    }

    #[test]
    fn the_same_tag_is_taken_even_where_an_older_version_is_required() {
        // Dropping the line instead lets the Go command look for the newest of everything (external-snapshotter).
        let snapshotter = || {
            module(
                "e.org/s/v8",
                "v8.6.0",
                &[("e.org/s/client/v8", "v8.4.0")],
                &["e.org/s/client/v8"],
            )
        };
        let (found, notes) = replaces(snapshotter(), &[("e.org/s/client/v8@v8.6.0", "v8.6.0")]);
        assert_eq!(found.unwrap(), BTreeMap::from([to("e.org/s/client/v8", "v8.6.0")]));
        assert_eq!(notes, Vec::<String>::new());
        let (found, notes) = replaces(snapshotter(), &[]);
        assert_eq!(found.unwrap(), BTreeMap::new());
        assert!(notes.first().unwrap().contains("the required v8.4.0 is taken"), "{notes:?}");
    }

    #[test]
    fn a_pseudo_version_asks_for_the_same_commit() {
        let version = "v0.0.0-20240708192948-52c50467d67d";
        let m = module("e.org/m", version, &[("e.org/m/api", "v0.0.0")], &["e.org/m/api"]);
        let found = replaces(m, &[("e.org/m/api@52c50467d67d", version)]).0.unwrap();
        assert_eq!(found, BTreeMap::from([to("e.org/m/api", version)]));
    }

    #[test]
    fn what_nobody_can_know_is_asked_for_all_at_once() {
        let requires = [("e.org/a", "v0.0.0"), ("e.org/b", "v0.0.0"), ("e.org/mapped", "v0.0.0")];
        let m = module(
            "e.org/m",
            "v3.1.0",
            &requires,
            &["e.org/a", "e.org/b", "e.org/mapped", "e.org/unused"],
        );
        let map = [("e.org/mapped", "e.org/other@v1.2.3")];
        let error = mapped(&map, m, &[]).0.unwrap_err();
        assert!(
            matches!(&error, WrapError::NeedsMap { replaces, .. } if replaces.len() == 2),
            "{error}"
        );
        assert!(
            error.hint().unwrap().contains("--map e.org/a=e.org/a@VERSION"),
            "{:?}",
            error.hint()
        );
        let one = module("e.org/m", "v3.1.0", &[("e.org/mapped", "v0.0.0")], &["e.org/mapped"]);
        let found = mapped(&map, one, &[]).0.unwrap();
        assert_eq!(
            found.values().collect::<Vec<_>>(),
            [&("e.org/other".to_owned(), "v1.2.3".to_owned())]
        );
    }

    #[test]
    fn only_pseudo_versions_have_a_commit() {
        for (version, commit) in [
            ("v0.0.0-20240708192948-52c50467d67d", Some("52c50467d67d")),
            ("v1.2.4-0.20191109021931-daa7c04131f5", Some("daa7c04131f5")),
            ("v2.0.0-rc.1.0.20191109021931-daa7c04131f5+incompatible", Some("daa7c04131f5")),
            ("v1.2.3", None),
            ("v1.2.3-rc.1", None),
            ("v1.2.3-20240708-52c50467d67d", None),
        ] {
            assert_eq!(commit_of(version), commit, "{version}");
        }
    }
}
