//! Recipes of components of Rust, and the release that builds them.

use crate::manifests::Manifests;

const FILE: &str = "components/rusty.toml";
const GOOD: &str = r#"name = "rusty"
summary = "a component of Rust that exists only in tests"
repository = "https://example.org/rusty"
licence = "MIT"
version = "v1.0.0"
backends = ["rust-aws-lc-fips"]

[rust]
package = "rusty"
features = ["fips"]
programs = ["rusty"]
include = ["keys/one.pub"]

[[allow]]
code = "residual-crypto"
subject = "a crate"
artifacts = ["rusty"]
reason = "it checks sums of files that bring their own key"
"#;

fn spoiled(from: &str, to: &str) -> String {
    Manifests::good().write(FILE, GOOD).edit(FILE, from, to).problems()
}

#[test]
fn a_recipe_of_rust_needs_no_wrapper() {
    let catalog = Manifests::good().write(FILE, GOOD).load().unwrap();
    let recipe = catalog.recipes.values().find(|recipe| recipe.name.as_str() == "rusty").unwrap();
    let rust = recipe.rust.as_ref().unwrap();
    assert_eq!((rust.package.as_str(), rust.programs[0].as_str()), ("rusty", "rusty"));
}

#[test]
fn another_languages_backend_table_or_key_is_refused() {
    let printed = spoiled("rust-aws-lc-fips", "go-native");
    assert!(printed.contains("M/components/rusty.toml:6:13: `go-native` does not build this language\n    hint: it is one of `rust-aws-lc-fips`, `none`"), "{printed}");
    let printed = spoiled("[rust]", "tags = [\"netgo\"]\n\n[rust]");
    assert!(printed.contains("8:9: `tags` is for a component of Go"), "{printed}");
    let printed = spoiled("[rust]", "modules = [\"example.org/rusty\"]\n\n[rust]");
    assert!(printed.contains("1:8: it is built in two ways: "), "{printed}");
}

#[test]
fn files_that_are_included_lie_in_the_workspace() {
    for path in ["/etc/passwd", "../other", "keys/../../x"] {
        let printed = spoiled("keys/one.pub", path);
        assert!(printed.contains("12:12: "), "{printed}");
    }
    let printed = spoiled("programs = [\"rusty\"]", "programs = [\"rusty\", \"rusty\"]");
    assert!(printed.contains("the program `rusty` is named twice"), "{printed}");
    let printed = spoiled("artifacts = [\"rusty\"]", "artifacts = [\"rust\"]");
    assert!(printed.contains("unknown artifact `rust`"), "{printed}");
}

#[test]
fn the_default_release_is_among_the_pinned_ones() {
    let printed = Manifests::good()
        .edit("toolchains.toml", "default-zig", "default-rust = \"1.95.0\"\ndefault-zig")
        .problems();
    assert_eq!(printed, "M/toolchains.toml:2:16: the default `1.95.0` is not among `[[rust]]`");
}
