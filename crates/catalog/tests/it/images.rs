//! Images in a recipe: what is taken when it says nothing, and each refused case with the exact words.

use crate::manifests::{Manifests, spoiled};
use catalog::ImageRecipe;

const FILE: &str = "components/demo.toml";
/// Where tables begin in the good recipe.
const AT: &str = "[[allow]]";

fn images(added: &str) -> Vec<ImageRecipe> {
    let to = format!("{added}\n{AT}");
    let catalog = Manifests::good().edit(FILE, AT, &to).load().unwrap();
    catalog.recipes.values().find(|r| r.name.as_str() == "demo").unwrap().images.clone()
}

fn refused(table: &str) -> String {
    let to = format!("[[images]]\nname = \"demo\"\nartifacts = [\"demo\"]\n{table}\n{AT}");
    spoiled(FILE, AT, &to)
}

/// Without it every recipe would have to say what nearly all of them want.
#[test]
fn without_a_word_there_is_one_image_with_all_programs_that_does_not_run_as_root() {
    let catalog = Manifests::good().load().unwrap();
    let recipe = catalog.recipes.values().find(|r| r.name.as_str() == "demo").unwrap();
    let [image] = &recipe.images[..] else { panic!("{:?}", recipe.images) };
    assert_eq!(image.artifacts.len(), recipe.packages.len());
    assert_eq!((image.name.as_str(), image.user.as_str()), ("demo", "65532:65532"));
    assert_eq!(image.entrypoint, ["/usr/local/bin/demo"]);
}

#[test]
fn a_recipe_may_name_its_images_and_a_program_of_hosts_has_none() {
    let [image] = &images(
        "[[images]]\nname = \"demo-server\"\nartifacts = [\"demo\"]\nentrypoint = [\"demo\", \"--serve\"]\nuser = \"0\"\n\
         root-reason = \"it sets up the network of its node\"\nworkdir = \"/var\"\nenv = { MODE = \"server\" }\n\
         files = [{ path = \"/etc/demo.conf\", content = \"a\\nb\\n\" }]\n",
    )[..] else {
        panic!("one image was named")
    };
    assert_eq!(image.entrypoint, ["/usr/local/bin/demo", "--serve"]);
    assert_eq!((image.user.as_str(), image.workdir.as_str()), ("0", "/var"));
    assert_eq!(image.files[0].content, "a\nb\n");
    let none = Manifests::good().edit(FILE, "tags = ", "images = []\ntags = ").load().unwrap();
    assert!(none.recipes.values().find(|r| r.name.as_str() == "demo").unwrap().images.is_empty());
}

#[test]
fn what_cannot_be_an_image_is_refused_with_its_remedy() {
    for (table, expected) in [
        ("user = \"0:0\"", "the image would run as root\n    hint: say why in `root-reason`"),
        (
            "root-reason = \"it is convenient to do so\"",
            "`root-reason` answers nothing: the image does not run as root",
        ),
        (
            "user = \"nobody\"",
            "`nobody` is not a numeric user: it is written `65532:65532` or `65532`",
        ),
        ("entrypoint = [\"dmo\"]", "hint: did you mean `demo`?"),
        ("env = { GODEBUG = \"fips140=off\" }", "`GODEBUG` is set by the backend"),
        ("env = { \"A-B\" = \"x\" }", "`A-B` cannot be the name of a variable"),
        ("files = [{ path = \"/etc/../x\", content = \"\" }]", "is not a path inside an image"),
        (
            "files = [{ path = \"/x\", content = \"\" }, { path = \"/x\", content = \"\" }]",
            "the file `/x` is named twice",
        ),
    ] {
        let printed = refused(table);
        assert!(printed.contains(expected), "{table}: {printed}");
    }
}

/// Without it one image of a release would silently take the place of another.
#[test]
fn two_components_of_a_profile_cannot_make_one_image() {
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/good/");
    let read = |path: &str| {
        files::read_text(&camino::Utf8Path::new(good).join(path), catalog::FILE_LIMIT).unwrap()
    };
    let other = read(FILE).replacen("name = \"demo\"", "name = \"other\"", 1).replacen(
        AT,
        &format!("[[images]]\nname = \"demo\"\nartifacts = [\"demo\"]\n\n{AT}"),
        1,
    );
    let printed = Manifests::good()
        .write("components/other.toml", other)
        .write("wrappers/other/go.mod", read("wrappers/demo/go.mod"))
        .write("wrappers/other/go.sum", read("wrappers/demo/go.sum"))
        .edit(
            "profiles/one.toml",
            "[[components]]",
            "[[components]]\ncomponent = \"other\"\n\n[[components]]",
        )
        .problems();
    assert!(printed.contains("`other` and `demo` both make an image `demo`"), "{printed}");
    assert!(printed.contains("name the images of one of them with `[[images]]`"), "{printed}");
}
