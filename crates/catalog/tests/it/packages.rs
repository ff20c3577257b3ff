//! Sets of Debian packages, the recipes that name them, and what is expected of the images that hold them.

use crate::manifests::Manifests;
use vocab::{Label, Target};

const FILE: &str = "packages/tools.toml";
const SHA: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const RECIPE: &str = "components/demo.toml";
/// Where tables begin in the good recipe.
const AT: &str = "[[allow]]";

fn set() -> String {
    let locked = |target: &str, architecture: &str| {
        let package = format!(
            "{{ name = \"curl\", version = \"7.88.1-10+deb12u15\", architecture = \"{architecture}\", sha256 = \"{SHA}\" }}"
        );
        format!("\n[[locked]]\ntarget = \"{target}\"\npackages = [{package}]\n")
    };
    let head = "name = \"tools\"\ntargets = [\"linux/amd64\", \"linux/arm64\"]\nwant = [\"curl\"]\nwithout = [\"perl-base\"]\nleave-out = [\"usr/lib/gconv\"]\n";
    head.to_owned() + &locked("linux/amd64", "amd64") + &locked("linux/arm64", "arm64")
}

fn good() -> Manifests {
    Manifests::good().write(FILE, set())
}

fn with_image(table: &str) -> Manifests {
    let to = format!("[[images]]\nname = \"demo\"\nartifacts = [\"demo\"]\n{table}\n{AT}");
    good().edit(RECIPE, AT, &to)
}

#[test]
fn a_set_has_a_digest_for_each_target_that_what_is_left_out_is_part_of() {
    let set = |manifests: Manifests| manifests.load().unwrap().packages.into_values().next();
    let one = set(good()).unwrap();
    let digest = one.digest(Target::LinuxAmd64).unwrap();
    assert_ne!(one.digest(Target::LinuxArm64), Some(digest));
    let other = set(good().edit(FILE, "usr/lib/gconv", "usr/lib/other")).unwrap();
    assert_ne!(other.digest(Target::LinuxAmd64), Some(digest));
    assert!(Manifests::good().load().unwrap().packages.is_empty());
}

#[test]
fn a_set_that_is_not_locked_as_it_says_is_refused_with_the_command_that_locks_it() {
    let lock = "hint: run `cargo xtask toolchain lock tools`";
    for (from, to, expected) in [
        (
            "want = [\"curl\"]",
            "want = [\"curl\", \"openssl\"]",
            "`openssl` is wanted and not pinned for linux/arm64",
        ),
        ("perl-base", "curl", "`curl` is left out and pinned for linux/amd64"),
        (
            "targets = [\"linux/amd64\", \"linux/arm64\"]",
            "targets = [\"linux/amd64\"]",
            "linux/arm64 is locked and is not among `targets`",
        ),
        (
            "target = \"linux/arm64\"",
            "target = \"linux/amd64\"",
            "no package is pinned for linux/arm64",
        ),
        (
            "target = \"linux/arm64\"",
            "target = \"linux/amd64\"",
            "the target `linux/amd64` is named twice",
        ),
    ] {
        let printed = good().edit(FILE, from, to).problems();
        assert!(printed.contains(expected), "{expected}: {printed}");
        assert!(expected.contains("twice") || printed.contains(lock), "{printed}");
    }
    for (from, to, expected) in [
        ("usr/lib/gconv", "/usr/lib/gconv", "is not a path below a folder"),
        ("usr/lib/gconv", "../gconv", "is not a path below a folder"),
        ("\"perl-base\"", "\"-o=x\"", "is not a Debian package name"),
        ("name = \"tools\"", "name = \"tool\"", "the name `tool` is not the file's name"),
        ("leave-out", "leaves-out", "unknown key `leaves-out`"),
    ] {
        let printed = good().edit(FILE, from, to).problems();
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
}

#[test]
fn an_image_holds_a_set_that_there_is_and_says_what_is_expected_of_it() {
    let expected =
        "expected = { label = \"partial\", reason = \"its utilities are those of Debian\" }";
    let catalog = with_image(&format!("packages = \"tools\"\nports = [8443]\n{expected}")).load();
    let catalog = catalog.unwrap();
    let recipe = catalog.recipes.values().find(|recipe| recipe.name.as_str() == "demo").unwrap();
    let [image] = &recipe.images[..] else { panic!("one image was named") };
    assert_eq!(image.packages.as_ref().map(vocab::ComponentName::as_str), Some("tools"));
    assert_eq!(image.expected.as_ref().map(|expected| expected.label), Some(Label::Partial));
    assert_eq!(image.ports, [8443]);
    for (table, said) in [
        (
            "packages = \"tool\"".to_owned(),
            "unknown set of packages `tool`; there is `tools`\n    hint: did you mean `tools`?",
        ),
        (expected.to_owned(), "`expected` is for what packages bring"),
        (
            format!("packages = \"tools\"\n{}", expected.replace("partial", "full")),
            "`full` is what everything is expected to be\n    hint: remove `expected`",
        ),
        (
            format!(
                "packages = \"tools\"\n{}",
                expected.replace("its utilities are those of Debian", "Debian")
            ),
            "is not a sentence",
        ),
        (
            "packages = \"tools\"\nports = [65536]".to_owned(),
            "takes a whole number from 0 to 65535",
        ),
        (
            "env = { OPENSSL_CONF = \"/dev/null\" }".to_owned(),
            "`OPENSSL_CONF` is set by the backend",
        ),
    ] {
        let printed = with_image(&table).problems();
        assert!(printed.contains(said), "{said}: {printed}");
    }
}

#[test]
fn a_program_may_be_less_than_the_policy_asks_for_when_the_recipe_says_why() {
    let table = |label: &str, artifact: &str| {
        let to = format!(
            "[[expected]]\nartifacts = [\"{artifact}\"]\nlabel = \"{label}\"\nreason = \"it links AES of its own\"\n\n{AT}"
        );
        good().edit(RECIPE, AT, &to)
    };
    let catalog = table("not", "demo").load().unwrap();
    let recipe = catalog.recipes.values().find(|recipe| recipe.name.as_str() == "demo").unwrap();
    assert_eq!(recipe.expected(&"demo".parse().unwrap()).unwrap().label, Label::Not);
    assert_eq!(recipe.expected(&"democtl".parse().unwrap()), None);
    for (label, artifact, said) in [
        ("partial", "demo", "a program is never `partial`"),
        ("full", "demo", "`full` is what everything is expected to be"),
        ("not", "demos", "unknown artifact `demos`; this recipe makes `demo`, `democtl`"),
        ("never", "demo", "unknown label `never`"),
    ] {
        let printed = table(label, artifact).problems();
        assert!(printed.contains(said), "{said}: {printed}");
    }
}

#[test]
fn what_c_code_is_linked_against_is_a_set_and_its_image_brings_a_c_library() {
    let system = |images: &str| {
        good().edit(RECIPE, "cgo = true", &format!("cgo = true\nsystem = \"tools\"\n{images}"))
    };
    assert!(system("images = []").load().is_ok());
    let printed = system("").problems();
    assert!(
        printed.contains("its programs are linked against a C library, and the image has none"),
        "{printed}"
    );
    let printed =
        system("images = []").edit(RECIPE, "system = \"tools\"", "system = \"tool\"").problems();
    assert!(printed.contains("unknown set of packages `tool`"), "{printed}");
    let printed = system("images = []").edit(RECIPE, "cgo = true", "cgo = false").problems();
    assert!(printed.contains("the recipe has no `cgo`\n    hint: write `cgo = true`"), "{printed}");
}

const C: &str = "name = \"cee\"\nsummary = \"a component of C\"\nrepository = \"https://example.org/cee\"\nlicence = \"MIT\"\nversion = \"v1.0.0\"\nbackends = [\"c-openssl-fips\"]\n\n[c]\nprefix = \"/opt/cee\"\n\n[[c.sources]]\nname = \"cee-src\"\nversion = \"1.0.0\"\nsha256 = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n\n[[c.outputs]]\npath = \"opt/cee/bin/cee\"\nkind = \"program\"\n\n[[c.outputs]]\npath = \"opt/cee/lib/libcee.so\"\nkind = \"library\"\n";

fn of_c(more: &str) -> Manifests {
    let wrapper = good().write("wrappers/cee/build.sh", "exit 1\n");
    wrapper.write("components/cee.toml", C.to_owned() + more)
}

/// Without it a key that C never looks at would be believed to count.
#[test]
fn what_only_go_takes_is_refused_in_a_recipe_of_c() {
    let source = "\n[source]\ngit = \"https://example.org/cee.git\"\ncommit = \"0123456789abcdef0123456789abcdef01234567\"\n";
    let wrapper = "\n[wrapper]\ntrust-first-use = [\"example.org/x\"]\n";
    let map = "\n[wrapper.map]\n\"example.org/x\" = \"example.org/y@v1.0.0\"\n";
    let unavailable = "\n[[unavailable]]\nmodule = \"example.org/x\"\nversion = \"v1.0.0\"\nsaid = \"403\"\nasked = \"2026-11-21\"\n";
    for (more, what) in [
        (source, "`[source]`"),
        (wrapper, "`[wrapper]`"),
        (map, "`[wrapper]`"),
        (unavailable, "`[[unavailable]]`"),
    ] {
        let printed = of_c(more).problems();
        let said = format!("{what} is for a component of Go\n    hint: remove it");
        assert!(printed.contains(&said), "{said}: {printed}");
    }
    let keyed =
        |line: &str| of_c("").edit("components/cee.toml", "\n[c]\n", &format!("{line}\n\n[c]\n"));
    for (line, what) in [("cgo = true", "`cgo`"), ("system = \"tools\"", "`system`")] {
        let printed = keyed(line).problems();
        assert!(printed.contains(&format!("{what} is for a component of Go")), "{printed}");
    }
    let printed = of_c("")
        .edit("components/cee.toml", "repository = \"https://example.org/cee\"\n", "")
        .problems();
    assert!(
        printed.contains(
            "`repository` is missing\n    hint: name where upstream's sources are to be read"
        ),
        "{printed}"
    );
}

#[test]
fn an_image_of_c_starts_its_program_where_the_tree_has_it_and_brings_a_c_library() {
    let image =
        "\n[[images]]\nname = \"cee\"\nartifacts = [\"cee\"]\nentrypoint = [\"cee\", \"-v\"]\n";
    let catalog = of_c(&format!("{image}packages = \"tools\"\n")).load().unwrap();
    let recipe = catalog.recipes.values().find(|recipe| recipe.name.as_str() == "cee").unwrap();
    assert_eq!(recipe.images[0].entrypoint, ["/opt/cee/bin/cee", "-v"]);
    let none = of_c("").load().unwrap();
    assert!(none.recipes.values().find(|it| it.name.as_str() == "cee").unwrap().images.is_empty());
    let printed = of_c(image).problems();
    assert!(
        printed.contains("the image has none\n    hint: name a set with `packages`"),
        "{printed}"
    );
    let printed = of_c(&image.replace("[\"cee\"]", "[\"libcee.so\"]")).problems();
    assert!(printed.contains("unknown artifact `libcee.so`; this recipe makes `cee`"), "{printed}");
}
