//! What a recipe must be, each refused case with the exact words. Without a test here, that mistake would be built.

use crate::manifests::{Manifests, spoiled};

const FILE: &str = "components/demo.toml";

#[test]
fn a_good_folder_gives_the_recipe_that_was_written() {
    let catalog = Manifests::good().load().unwrap();
    insta::assert_json_snapshot!(catalog.recipes.values().collect::<Vec<_>>());
    insta::assert_json_snapshot!(catalog.profiles.values().collect::<Vec<_>>());
}

#[test]
fn an_unknown_key_is_answered_by_the_valid_ones() {
    let printed = spoiled(FILE, "tags = ", "tag = ");
    assert_eq!(
        printed,
        "M/components/demo.toml:9:1: unknown key `tag` in the file; it takes `allow`, `backends`, `c`, `cgo`, `commit`, \
         `expected`, `images`, `licence`, `modules`, `name`, `packages`, `repository`, `rust`, `source`, `summary`, `system`, `tags`, \
         `unavailable`, `version`, `version-vars`, `wrapper`\n    \
         hint: did you mean `tags`?"
    );
}

#[test]
fn a_missing_key_says_what_it_is_for() {
    let printed = spoiled(FILE, "licence = \"Apache-2.0 OR MIT\"\n", "");
    assert_eq!(
        printed,
        "M/components/demo.toml:1:1: `licence` is missing in the file\n    hint: it is the upstream licence as an SPDX expression"
    );
}

#[test]
fn a_missing_key_of_a_table_stands_at_the_table() {
    let printed = spoiled(FILE, "artifact = \"demo\"\n", "");
    assert_eq!(
        printed,
        "M/components/demo.toml:13:1: `artifact` is missing in an element of `packages`\n    hint: it is the file name of the program"
    );
}

#[test]
fn a_wrong_type_names_both_types() {
    for (from, to, expected) in [
        ("cgo = true", "cgo = \"yes\"", "10:7: `cgo` takes `true` or `false`, not a string"),
        ("tags = [\"netgo\"]", "tags = \"netgo\"", "9:8: `tags` takes an array, not a string"),
        (
            "tags = [\"netgo\"]",
            "tags = [1]",
            "9:9: an element of `tags` takes a string, not a number",
        ),
        (
            "name = \"demo\"",
            "name = 2026-11-21",
            "1:8: `name` takes a string, not a date without quotes",
        ),
    ] {
        assert_eq!(spoiled(FILE, from, to), format!("M/components/demo.toml:{expected}"));
    }
}

#[test]
fn an_unknown_backend_is_answered_by_the_valid_ones() {
    assert_eq!(
        spoiled(
            FILE,
            "[\"go-native\", \"go-boringcrypto\"]",
            "[\"go-native\", \"go-boringcrypto\", \"go-fips\"]"
        ),
        "M/components/demo.toml:8:45: unknown backend `go-fips`; it is one of `go-native`, `go-boringcrypto`, `c-openssl-fips`, `rust-aws-lc-fips`, `none`"
    );
    assert_eq!(
        spoiled(FILE, "\"go-native\"", "\"go-natvie\""),
        "M/components/demo.toml:8:13: unknown backend `go-natvie`; it is one of `go-native`, `go-boringcrypto`, `c-openssl-fips`, `rust-aws-lc-fips`, `none`\n    \
         hint: did you mean `go-native`?"
    );
}

#[test]
fn texts_that_are_not_what_they_should_be() {
    for (from, to, expected) in [
        (
            "version = \"v1.2.3\"",
            "version = \"1.2.3\"",
            "5:11: `1.2.3` is not an upstream version: it begins with `v`, as in `v3.7.3`",
        ),
        (
            "https://example.org",
            "http://example.org",
            "3:14: `http://example.org/demo` is not an https URL: it begins with `https://`, names a host, and holds no spaces",
        ),
        (
            "Apache-2.0 OR MIT",
            "Apache 2.0",
            "4:11: `Apache 2.0` is not an SPDX licence expression: it is written `Apache-2.0` or `Apache-2.0 OR MIT`",
        ),
        (
            "commit = \"0123",
            "commit = \"XX23",
            "6:10: `XX23456789abcdef0123456789abcdef01234567` is not a git commit: it takes 40 lower-case hex digits",
        ),
        (
            "[\"example.org/demo\",",
            "[\"demo\",",
            "7:12: `demo` is not a Go import path: it takes letters, digits and `-._~` between slashes, and a dot in its first element",
        ),
        (
            "artifact = \"democtl\"",
            "artifact = \"../democtl\"",
            "19:12: `../democtl` is not a artifact name: it takes 1 to 128 of a-z, A-Z, 0-9, `-`, `_`, `+` and `.`, begins with a letter or digit, and holds no `..`",
        ),
        (
            "summary = \"a component that exists only in tests\"",
            "summary = \" \"",
            "2:11: ` ` is not a line of text: it takes one line with at least one letter",
        ),
    ] {
        let printed = spoiled(FILE, from, to);
        assert!(printed.starts_with(&format!("M/components/demo.toml:{expected}")), "{printed}");
    }
}

#[test]
fn lists_that_must_hold_something() {
    assert_eq!(
        spoiled(FILE, "[\"go-native\", \"go-boringcrypto\"]", "[]").lines().next(),
        Some("M/components/demo.toml:8:12: `backends` is empty; it takes at least 1")
    );
}

#[test]
fn the_name_must_be_the_files_name() {
    let printed = Manifests::good().edit(FILE, "name = \"demo\"", "name = \"other\"").problems();
    assert!(
        printed.starts_with(
            "M/components/demo.toml:1:8: failed to read the wrapper's `go.mod`: failed to open file `M/wrappers/other/go.mod`"
        ),
        "{printed}"
    );
    assert!(
        printed.ends_with(
            "M/components/demo.toml:1:8: the name `other` is not the file's name\n    \
             hint: rename the file to `other.toml`, or write `name = \"demo\"`"
        ),
        "{printed}"
    );
}

#[test]
fn two_files_cannot_be_one_component() {
    let good = Manifests::good();
    let text = include_str!("good/components/demo.toml");
    assert_eq!(
        good.write("components/zz.toml", text).problems(),
        "M/components/zz.toml:1:8: another file is the component `demo` already\n\
         M/components/zz.toml:1:8: the name `demo` is not the file's name\n    \
         hint: rename the file to `demo.toml`, or write `name = \"zz\"`"
    );
}

#[test]
fn two_programs_cannot_have_one_name() {
    assert_eq!(
        spoiled(FILE, "artifact = \"democtl\"", "artifact = \"demo\""),
        "M/components/demo.toml:19:12: the artifact `demo` is named twice\n    hint: remove one of them"
    );
}

#[test]
fn a_package_must_lie_in_a_module_of_the_recipe() {
    assert_eq!(
        spoiled(FILE, "example.org/demo/cmd/demo\"", "example.org/demolition/cmd\""),
        "M/components/demo.toml:14:10: the package `example.org/demolition/cmd` lies in no module of this recipe: \
         `example.org/demo`, `example.org/demo/cli/v2`\n    hint: name its module in `modules`"
    );
}

#[test]
fn version_variables_must_be_passable_and_known() {
    for (from, to, expected) in [
        (
            "\"example.org/demo/version.Version\"",
            "\"main\"",
            "22:10: `main` is not a linker variable: it is written `import/path.Name`",
        ),
        (
            "\"{released}\"",
            "\"{released} -w\"",
            "22:38: `{released} -w` cannot be passed to the linker: it holds a space or a quote",
        ),
        (
            "\"{released}\"",
            "\"{relased}\"",
            "22:38: unknown placeholder `relased`; it is one of `version`, `released`, `commit`\n    hint: did you mean `released`?",
        ),
        (
            "commit = \"0123456789abcdef0123456789abcdef01234567\"\n",
            "",
            "22:37: `{commit}` stands for nothing: the recipe names no `commit`",
        ),
    ] {
        assert_eq!(spoiled(FILE, from, to), format!("M/components/demo.toml:{expected}"));
    }
}

#[test]
fn an_answer_needs_a_known_code_a_known_artifact_and_a_reason() {
    assert_eq!(
        spoiled(FILE, "\"residual-crypto\"", "\"tampered\""),
        "M/components/demo.toml:26:8: unknown answerable finding code `tampered`; it is one of `residual-crypto`, `tls-not-restricted`"
    );
    assert_eq!(
        spoiled(FILE, "artifacts = [\"demo\"]", "artifacts = [\"democtl2\"]"),
        "M/components/demo.toml:29:14: unknown artifact `democtl2`; this recipe makes `demo`, `democtl`\n    hint: did you mean `democtl`?"
    );
    assert_eq!(
        spoiled(FILE, "hashes passwords of local users, which no federal deployment has", "ok"),
        "M/components/demo.toml:30:10: `ok` is not a sentence: it takes at least 20 characters and more than one word"
    );
    assert_eq!(
        spoiled(
            FILE,
            "reason = \"hashes passwords of local users, which no federal deployment has\"\n",
            ""
        ),
        "M/components/demo.toml:25:1: `reason` is missing in an element of `allow`\n    \
         hint: it is why it is acceptable: a sentence that a reader of the release understands"
    );
}

#[test]
fn the_wrapper_must_be_there_and_pin_the_same_version() {
    let printed = Manifests::good().remove("wrappers/demo/go.sum").problems();
    assert!(
        printed.starts_with("M/components/demo.toml:1:8: failed to read the wrapper's `go.sum`"),
        "{printed}"
    );
    assert!(
        printed.ends_with("hint: the wrapper of `demo` needs `go.mod` and `go.sum`"),
        "{printed}"
    );
    assert_eq!(
        spoiled("wrappers/demo/go.mod", "example.org/demo v1.2.3", "example.org/demo v1.2.4"),
        "M/components/demo.toml:5:11: the version is `v1.2.3`, but the wrapper requires `example.org/demo v1.2.4`\n    \
         hint: write `version = \"v1.2.4\"`, or renew the wrapper"
    );
    assert_eq!(
        spoiled("wrappers/demo/go.mod", "\texample.org/demo/cli/v2 v1.2.3 // indirect\n", ""),
        "M/components/demo.toml:7:32: the wrapper's go.mod does not require the module `example.org/demo/cli/v2`\n    \
         hint: renew the wrapper"
    );
    assert_eq!(
        spoiled(
            "wrappers/demo/go.mod",
            "go 1.26.0\n",
            "go 1.26.0\nreplace example.org/demo => ../evil\n"
        ),
        "M/components/demo.toml:7:12: the wrapper's go.mod replaces the module `example.org/demo`\n    \
         hint: what is built would not be the version that is named"
    );
}

/// Where a recipe is built from, instead of a wrapper.
const SOURCE: &str = "\n[source]\ngit = \"https://example.org/demo.git\"\ncommit = \"88d8ad9d40f82726fda53c2d271e6172b4c619c9\"\n";
const COMMIT: &str = "commit = \"0123456789abcdef0123456789abcdef01234567\"\n";
const LAST: &str =
    "reason = \"hashes passwords of local users, which no federal deployment has\"\n";

#[test]
fn a_git_source_needs_no_wrapper_and_names_the_commit() {
    let manifests = Manifests::good()
        .edit(FILE, COMMIT, "")
        .edit(FILE, LAST, &format!("{LAST}{SOURCE}"))
        .remove("wrappers/demo");
    let recipe = manifests.load().unwrap().recipes.into_values().next().unwrap();
    let source = recipe.source.unwrap();
    assert_eq!(recipe.commit.as_deref(), Some("88d8ad9d40f82726fda53c2d271e6172b4c619c9"));
    assert_eq!((source.git.as_str(), source.path.as_str()), ("https://example.org/demo.git", ""));
}

#[test]
fn two_different_commits_are_one_too_many() {
    let printed = spoiled(FILE, LAST, &format!("{LAST}{SOURCE}"));
    assert_eq!(
        printed,
        "M/components/demo.toml:6:10: `commit` is another one than the commit of `[source]`\n    hint: remove it: `[source]` names the commit that is built"
    );
}

#[test]
fn what_the_wrapper_needs_to_know_is_read_and_checked() {
    let table = "\n[wrapper]\nmap = { \"example.org/api\" = \"example.org/api@v1.2.3\" }\ntrust-first-use = [\"example.org/demo\"]\n\n[[unavailable]]\nmodule = \"example.org/gone\"\nversion = \"v2.0.0\"\nsaid = \"403 Forbidden\"\nasked = \"2026-11-21\"\n";
    let good = Manifests::good().edit(FILE, LAST, &format!("{LAST}{table}"));
    let recipe = good.load().unwrap().recipes.into_values().next().unwrap();
    assert_eq!(
        recipe.wrapper.map.get("example.org/api").map(String::as_str),
        Some("example.org/api@v1.2.3")
    );
    assert_eq!(recipe.wrapper.trust_first_use, ["example.org/demo"]);
    let gone = recipe.unavailable.first().unwrap();
    assert_eq!((gone.module.as_str(), gone.version.as_str()), ("example.org/gone", "v2.0.0"));
    let bad = table.replace("api@v1.2.3", "api@main");
    let printed = spoiled(FILE, LAST, &format!("{LAST}{bad}"));
    assert!(printed.contains("`example.org/api@main` is not a module at a version"), "{printed}");
}
