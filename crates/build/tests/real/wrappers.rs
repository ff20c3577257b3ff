//! Wrappers made from the network, compared with the committed ones; and what is said when none can be made.

use crate::bench::{Notes, shared};
use build::{GoCommand, Request, Workspace, WrapError};
use catalog::{Recipe, Toolchains};

fn toolchains(workspace: &Workspace) -> Toolchains {
    let path = workspace.manifests().join("toolchains.toml");
    Toolchains::parse(&files::read_text(&path, 1 << 20).unwrap(), path.as_str()).unwrap()
}

fn request(modules: &[&str], packages: &[&str]) -> Request {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Request {
        name: "made".parse().unwrap(),
        modules: owned(modules),
        packages: owned(packages),
        map: std::collections::BTreeMap::new(),
        trust_first_use: vec![],
        tags: vec![],
        cgo: false,
    }
}

/// Without it nobody could tell a wrapper that was made from one that was written.
pub(crate) fn wrappers_are_made_again_byte_for_byte() {
    let workspace = shared();
    let go = GoCommand::open(&workspace, &toolchains(&workspace), &Notes::default()).unwrap();
    for name in ["cni-plugins", "etcd"] {
        let path = workspace.manifests().join(format!("components/{name}.toml"));
        let recipe =
            Recipe::parse(&files::read_text(&path, 1 << 20).unwrap(), path.as_str()).unwrap();
        let made = build::wrap(&Request::from(&recipe), &go, &Notes::default()).unwrap();
        let committed = |file: &str| {
            let path = workspace.manifests().join(format!("wrappers/{name}/{file}"));
            files::read_text(&path, 1 << 20).unwrap()
        };
        assert_eq!(made.go_mod, committed("go.mod"), "{name}");
        assert_eq!(made.go_sum, committed("go.sum"), "{name}");
        assert_eq!(made.upstream.first().unwrap().licences, ["Apache-2.0"]);
        // The module itself is in nobody's go.sum but ours: the checksum database vouches for it.
        let own = format!("{} {}", recipe.modules.first().unwrap(), recipe.version);
        assert!(made.vouched.contains(&own), "{:?}", made.vouched);
    }
}

/// Without it the Go command's own words would be all there is, and some of them point the wrong way.
pub(crate) fn a_bad_request_says_what_to_do() {
    let workspace = shared();
    let go = GoCommand::open(&workspace, &toolchains(&workspace), &Notes::default()).unwrap();
    let plugins = "github.com/containernetworking/plugins@v1.9.1";
    let refused = |request: &Request| build::wrap(request, &go, &Notes::default()).unwrap_err();
    let error = refused(&request(&[plugins], &[]));
    assert!(matches!(&error, WrapError::WhichPackages { there } if there.len() == 22), "{error}");
    let error = refused(&request(&[plugins], &["./plugins/main/loopbock"]));
    assert!(matches!(&error, WrapError::NoSuchPackage { .. }), "{error}");
    assert!(error.hint().unwrap().contains("plugins/main/loopback"), "{:?}", error.hint());
    let error = refused(&request(&[plugins], &["example.org/elsewhere"]));
    assert!(error.hint().unwrap().contains("--module"), "{error}");
    let error = refused(&request(&["nodot@v1.0.0"], &[]));
    assert!(error.to_string().contains("malformed module path"), "{error}");
    let error = refused(&request(&["go.etcd.io/etcd/server/v3@v3.7.3", plugins], &["."]));
    assert!(matches!(&error, WrapError::VersionsDiffer { .. }), "{error}");
    // A tag from v2 on of a module without /v2 in its path: only the commit works.
    let error = refused(&request(&["github.com/containernetworking/plugins@v2.0.0"], &["."]));
    assert!(!matches!(error, WrapError::Build(build::BuildError::Failed { .. })), "{error}");
}
