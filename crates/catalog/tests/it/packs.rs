//! Packs, layers and what is imported: what a profile may say, and how it is labelled.

use crate::manifests::{Manifests, spoiled};
use catalog::ProfileLabels;
use vocab::{ComponentName, Label, Layer, Verdict};

const PROFILE: &str = "profiles/one.toml";
const RECIPE: &str = "components/demo.toml";
const UBUNTU: &str = "\n[[imported]]\npack = \"ubuntu\"\nlayer = \"operating-system\"\nversion = \"24.04\"\nreason = \"its own vendor makes and certifies it\"\n";
const UNAVAILABLE: &str = "\n[[unavailable]]\nmodule = \"example.org/gone\"\nversion = \"v2.0.0\"\nsaid = \"This module version is not available.\"\nasked = \"2026-11-21\"\n";

fn with(more: &str) -> Manifests {
    let member = "component = \"demo\"\n";
    Manifests::good().edit(PROFILE, member, &format!("{member}{more}"))
}

fn appended(file: &str, more: &str) -> Manifests {
    let last = if file == PROFILE { "targets = [\"linux/amd64\"]\n" } else { "\n[[allow]]" };
    let to = if file == PROFILE { format!("{last}{more}") } else { format!("\n{more}{last}") };
    Manifests::good().edit(file, last, &to)
}

#[test]
fn a_pack_is_called_as_its_component_and_stands_in_one_layer() {
    let one = &Manifests::good().load().unwrap().profiles[&"one".parse().unwrap()];
    assert_eq!((one.components[0].pack.as_str(), one.components[0].layer), ("demo", None));
    let more = "pack = \"tools\"\nlayer = \"cni\"\n";
    let one = &with(more).load().unwrap().profiles[&"one".parse().unwrap()];
    assert_eq!(
        (one.components[0].pack.as_str(), one.components[0].layer),
        ("tools", Some(Layer::Cni))
    );
    let split = with(more).edit(
        PROFILE,
        "[\"linux/amd64\"]\n",
        "[\"linux/amd64\"]\n[[imported]]\npack = \"tools\"\ncomponent = \"helper\"\nlayer = \"csi\"\nversion = \"1\"\nreason = \"nobody could say where it is from\"\n",
    );
    assert_eq!(
        split.problems(),
        "M/profiles/one.toml:16:9: the pack `tools` stands in the layer `cni`, and here in the layer `csi`\n    \
         hint: write the same `layer` for every part of a pack"
    );
}

#[test]
fn layers_and_repositories_are_words_that_are_known() {
    assert!(with("layer = \"network\"\n").problems().contains(
        "unknown layer `network`; it is one of `operating-system`, `kubernetes`, `cni`, `csi`, `add-on`"
    ));
    for bad in
        ["https://r.example/x", "r.example/x:1", "r.example/X", "r.example/", "", "r.example//x"]
    {
        let printed = spoiled(PROFILE, "policy", &format!("image-repository = \"{bad}\"\npolicy"));
        assert!(printed.contains("is not an image repository"), "{bad}: {printed}");
    }
    for good in
        ["registry.example.mil/fips", "localhost:5000/a/b", "localhost/fipsmith", "r.example"]
    {
        Manifests::good()
            .edit(PROFILE, "policy", &format!("image-repository = \"{good}\"\npolicy"))
            .load()
            .unwrap();
    }
}

/// The labels of the profile when `demo` has this verdict.
fn labels(manifests: &Manifests, verdict: Verdict) -> ProfileLabels {
    let catalog = manifests.load().unwrap();
    let profile = &catalog.profiles[&"one".parse().unwrap()];
    let demo: ComponentName = "demo".parse().unwrap();
    ProfileLabels::of(profile, &catalog.imported(profile), [(&demo, verdict)])
}

#[test]
fn what_is_imported_is_unknown_and_no_profile_with_it_is_full() {
    let manifests = appended(PROFILE, UBUNTU);
    let of = labels(&manifests, Verdict::Pass);
    assert_eq!(of.label, Label::Partial);
    assert_eq!(of.layer(Layer::OperatingSystem), Label::Unknown);
    assert_eq!(
        of.packs.iter().map(|pack| (pack.pack.as_str(), pack.label)).collect::<Vec<_>>(),
        [("ubuntu", Label::Unknown), ("demo", Label::Full)]
    );
    // Without cryptography `demo` leaves the denominator, and nothing is left that anybody has looked at.
    assert_eq!(labels(&manifests, Verdict::NoCrypto).label, Label::Unknown);
    assert_eq!(labels(&manifests, Verdict::NotValidated).label, Label::Not);
    let twice = appended(PROFILE, &UBUNTU.replace("\"ubuntu\"", "\"demo\""));
    assert!(twice.problems().contains("the component `demo` is named twice"));
}

#[test]
fn a_member_that_nobody_has_judged_is_unknown() {
    let catalog = Manifests::good().load().unwrap();
    let profile = &catalog.profiles[&"one".parse().unwrap()];
    assert_eq!(ProfileLabels::of(profile, &[], []).label, Label::Unknown);
}

#[test]
fn a_recipe_whose_sources_cannot_be_had_needs_no_wrapper_and_is_imported_with_the_exact_reason() {
    let manifests = appended(RECIPE, UNAVAILABLE).remove("wrappers/demo");
    let catalog = manifests.load().unwrap();
    let profile = &catalog.profiles[&"one".parse().unwrap()];
    let imported = catalog.imported(profile);
    assert_eq!(imported.len(), 1);
    assert_eq!(
        (imported[0].component.as_str(), imported[0].reason.as_str()),
        (
            "demo",
            "not built: example.org/gone@v2.0.0 could not be had on 2026-11-21: This module version is not available."
        )
    );
    assert_eq!(ProfileLabels::of(profile, &imported, []).label, Label::Unknown);
}

#[test]
fn a_recipe_that_is_built_at_an_older_version_keeps_the_answer_as_a_note() {
    let catalog = appended(RECIPE, UNAVAILABLE).load().unwrap();
    let recipe = &catalog.recipes[&"demo".parse().unwrap()];
    assert_eq!((recipe.unavailable.len(), recipe.imported), (1, false));
    assert_eq!(catalog.imported(&catalog.profiles[&"one".parse().unwrap()]), []);
}

#[test]
fn without_a_reason_a_wrapper_must_be_there() {
    assert!(
        Manifests::good().remove("wrappers/demo").problems().contains("the wrapper's `go.mod`")
    );
}
