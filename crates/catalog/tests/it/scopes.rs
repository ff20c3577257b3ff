//! Scopes: what must hold between them, against labels, and against the record of clusters.

use crate::manifests::Manifests;
use catalog::{Catalog, ProfileLabels};
use vocab::{ComponentName, ScopeName, Verdict};

const TENANT: &str =
    "name = \"agency\"\nkind = \"tenant\"\nsummary = \"a federal agency\"\nfips = \"required\"\n";
const PROJECT: &str =
    "name = \"apps\"\nkind = \"project\"\nsummary = \"its applications\"\nparent = \"agency\"\n";
const CLUSTER: &str = "name = \"prod\"\nkind = \"cluster\"\nsummary = \"production\"\nparent = \"apps\"\nprofile = \"one\"\n";

/// A profile with a pack in each infrastructure layer, and an add-on.
const LAYERED: &str = "name = \"one\"\nsummary = \"every layer\"\nversion = \"1.0.0\"\npolicy = \"strict\"\ntargets = [\"linux/amd64\"]\n\
    [[components]]\ncomponent = \"demo\"\nlayer = \"kubernetes\"\n";

fn scoped() -> Manifests {
    Manifests::good()
        .write("scopes/agency.toml", TENANT)
        .write("scopes/apps.toml", PROJECT)
        .write("scopes/prod.toml", CLUSTER)
}

fn spoiled(file: &str, from: &str, to: &str) -> String {
    scoped().edit(file, from, to).problems()
}

#[test]
fn a_scope_stands_where_its_kind_can_stand() {
    assert_eq!(
        spoiled("scopes/apps.toml", "parent = \"agency\"\n", ""),
        "M/scopes/apps.toml:2:8: a project lies in another scope, and this one names none\n    hint: name its `parent`"
    );
    assert_eq!(
        spoiled("scopes/prod.toml", "parent = \"apps\"", "parent = \"aps\""),
        "M/scopes/prod.toml:1:8: unknown scope `aps`; a cluster can lie in `agency`, `apps`\n    hint: did you mean `apps`?"
    );
    assert_eq!(
        spoiled("scopes/apps.toml", "parent = \"agency\"", "parent = \"prod\""),
        "M/scopes/apps.toml:1:8: a project cannot lie in the cluster `prod`"
    );
    assert_eq!(
        spoiled("scopes/agency.toml", "fips = \"required\"\n", "parent = \"apps\"\n"),
        "M/scopes/agency.toml:2:8: a tenant says whether FIPS is required\n    hint: write `fips = \"required\"` or `fips = \"not-required\"`\n\
         M/scopes/agency.toml:4:10: a tenant lies in no other scope"
    );
}

#[test]
fn what_is_said_of_one_kind_is_not_said_of_another() {
    assert_eq!(
        spoiled(
            "scopes/apps.toml",
            "kind = \"project\"\n",
            "kind = \"project\"\nallow = [\"non-fips-features\"]\nprofile = \"one\"\n"
        ),
        "M/scopes/apps.toml:3:10: a project cannot allow what is not FIPS: its tenant does\n    hint: move `allow` to the file of the tenant\n\
         M/scopes/apps.toml:4:11: `profile` is said of a cluster, not of a project"
    );
    assert_eq!(
        spoiled("scopes/prod.toml", "profile = \"one\"", "profile = \"oen\""),
        "M/scopes/prod.toml:5:11: unknown profile `oen`; there is `one`"
    );
    assert_eq!(
        spoiled("scopes/prod.toml", "profile = \"one\"", "profile = \"one\"\nimported = true"),
        "M/scopes/prod.toml:5:11: a cluster is made from a profile or imported, not both"
    );
    assert_eq!(
        spoiled("scopes/prod.toml", "profile = \"one\"\n", ""),
        "M/scopes/prod.toml:2:8: nothing says what the cluster consists of\n    hint: name its `profile`, or write `imported = true`"
    );
    assert_eq!(
        spoiled("scopes/agency.toml", "\"required\"", "\"requried\""),
        "M/scopes/agency.toml:4:8: unknown FIPS setting `requried`; it is one of `required`, `not-required`\n    hint: did you mean `required`?"
    );
}

#[test]
fn what_is_required_above_cannot_be_lifted_below() {
    let lifted = "M/scopes/prod.toml:6:8: the cluster `prod` does not require FIPS, but the tenant `agency` requires FIPS \
         (M/scopes/agency.toml:4: fips = \"required\"), for all below it\n    \
         hint: leave `fips` out: a cluster takes the setting of what it lies in";
    assert_eq!(
        spoiled(
            "scopes/prod.toml",
            "profile = \"one\"\n",
            "profile = \"one\"\nfips = \"not-required\"\n"
        ),
        lifted
    );
    // The other way round a project may be stricter than its tenant.
    scoped()
        .edit("scopes/agency.toml", "\"required\"", "\"not-required\"")
        .edit("scopes/apps.toml", "parent", "fips = \"required\"\nparent")
        .load()
        .unwrap();
}

fn name<N: std::str::FromStr>(text: &str) -> N
where
    N::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// Every violation, with the labels that the profile has when `demo` has this verdict.
fn violations(manifests: &Manifests, verdict: Verdict) -> String {
    let catalog = manifests.load().unwrap();
    let demo: ComponentName = name("demo");
    let problems = catalog.scopes.against_labels(|profile| {
        let profile = catalog.profiles.get(profile)?;
        Some(ProfileLabels::of(profile, &catalog.imported(profile), [(&demo, verdict)]))
    });
    manifests.shown(&problems)
}

fn with_layers(more: &str) -> Manifests {
    scoped().write("profiles/one.toml", format!("{LAYERED}{more}"))
}

fn imported(pack: &str, layer: &str) -> String {
    format!(
        "[[imported]]\npack = \"{pack}\"\nlayer = \"{layer}\"\nversion = \"9.8\"\nreason = \"made by somebody else, not by us\"\n"
    )
}

#[test]
fn infrastructure_of_a_fips_cluster_must_be_full_layer_by_layer() {
    let printed = violations(&with_layers(&imported("ubuntu", "operating-system")), Verdict::Pass);
    let of = |layer: &str| {
        format!(
            "M/scopes/prod.toml:5:11: the cluster `prod`: its layer `{layer}` is `unknown` in the profile `one`, but the tenant `agency` requires FIPS \
             (M/scopes/agency.toml:4: fips = \"required\"); infrastructure must be `full`"
        )
    };
    // What a layer has nothing of is as unknown as what was imported; Kubernetes itself is full.
    let expected = ["cni", "csi", "operating-system"].map(of).join("\n");
    assert_eq!(printed, expected);
    let printed = violations(&with_layers(""), Verdict::NotValidated);
    assert!(printed.contains("its layer `kubernetes` is `not`"), "{printed}");
}

#[test]
fn where_fips_is_not_required_everything_may_be_deployed() {
    let manifests = with_layers("").edit("scopes/agency.toml", "\"required\"", "\"not-required\"");
    assert_eq!(violations(&manifests, Verdict::NotValidated), "");
    // A cluster that is a FIPS cluster by its own setting is held to it all the same.
    let manifests = manifests.edit("scopes/prod.toml", "profile", "fips = \"required\"\nprofile");
    let printed = violations(&manifests, Verdict::NotValidated);
    assert!(
        printed.contains("the cluster `prod` requires FIPS (M/scopes/prod.toml:5"),
        "{printed}"
    );
}

/// Lines of `violations` that are not about infrastructure.
fn beside_infrastructure(manifests: &Manifests) -> String {
    let printed = violations(manifests, Verdict::Pass);
    printed.lines().filter(|line| !line.contains("its layer")).collect::<Vec<_>>().join("\n")
}

#[test]
fn add_ons_features_and_imports_that_are_not_fips_need_the_tenants_permission() {
    let allow = |manifests: Manifests, what: &str| {
        manifests.edit("scopes/agency.toml", "kind", &format!("allow = [\"{what}\"]\nkind"))
    };
    let add_on = || with_layers(&imported("dashboard", "add-on"));
    assert_eq!(
        beside_infrastructure(&add_on()),
        "M/scopes/prod.toml:5:11: the cluster `prod`: its add-on pack `dashboard` is `unknown`, but the tenant `agency` requires FIPS \
         (M/scopes/agency.toml:4: fips = \"required\"); the tenant `agency` does not allow it (M/scopes/agency.toml:1)\n    \
         hint: write `allow = [\"non-fips-add-on-packs\"]` in the tenant's file, or change the cluster"
    );
    assert_eq!(beside_infrastructure(&allow(add_on(), "non-fips-add-on-packs")), "");
    let features = || {
        with_layers("").edit(
            "scopes/prod.toml",
            "profile",
            "features = [\"backup\", \"sbom-scan\"]\nprofile",
        )
    };
    assert!(beside_infrastructure(&features()).contains("uses backup, sbom-scan, but the tenant"));
    assert_eq!(beside_infrastructure(&allow(features(), "non-fips-features")), "");
    let import = || scoped().edit("scopes/prod.toml", "profile = \"one\"", "imported = true");
    assert!(
        beside_infrastructure(&import())
            .contains("the cluster `prod` is imported, and its label `unknown`")
    );
    assert_eq!(beside_infrastructure(&allow(import(), "non-fips-cluster-import")), "");
    // One permission is not another.
    assert_ne!(beside_infrastructure(&allow(import(), "non-fips-features")), "");
}

#[test]
fn what_stands_in_no_layer_counts_as_infrastructure() {
    let manifests = with_layers("").edit("profiles/one.toml", "layer = \"kubernetes\"\n", "");
    let printed = violations(&manifests, Verdict::NotValidated);
    assert!(printed.contains("its pack `demo` stands in no layer and is `not`"), "{printed}");
}

fn against_record(manifests: &Manifests) -> String {
    manifests.shown(&manifests.load().unwrap().scopes.against_record())
}

fn record(catalog: &Catalog) -> String {
    catalog.scopes.record(&[]).unwrap()
}

#[test]
fn fips_can_be_turned_neither_off_nor_on_for_a_recorded_cluster() {
    let before = scoped();
    let written = record(&before.load().unwrap());
    assert!(written.contains("name = \"prod\"\nfips = \"required\"\n"), "{written}");
    let recorded = before.write("clusters.toml", &written);
    assert_eq!(against_record(&recorded), "");
    // Whoever turns it off at the tenant turns it off for every cluster below.
    let off = recorded.edit("scopes/agency.toml", "\"required\"", "\"not-required\"");
    assert_eq!(
        against_record(&off),
        "M/scopes/prod.toml:1:8: the cluster `prod` was made as a FIPS cluster (M/clusters.toml:6), and nothing requires FIPS of it any more: \
         FIPS cannot be turned off on an existing cluster\n    hint: write `fips = \"required\"` for `prod`, or make a new cluster of another name"
    );
    let refused = off.load().unwrap().scopes.record(&[]).unwrap_err().to_string();
    assert!(refused.contains("cannot be turned off"), "{refused}");
    // With the setting at the cluster itself it stays what it is.
    let kept = off.edit("scopes/prod.toml", "profile", "fips = \"required\"\nprofile");
    assert_eq!(against_record(&kept), "");
    // And the other direction.
    let on = kept.edit("clusters.toml", "fips = \"required\"", "fips = \"not-required\"");
    assert!(against_record(&on).contains("FIPS cannot be turned on for an existing cluster"));
}

#[test]
fn a_cluster_leaves_the_record_only_when_somebody_says_that_it_was_taken_down() {
    let manifests = scoped();
    let unrecorded = against_record(&manifests);
    assert!(unrecorded.contains("the cluster `prod` is not recorded"), "{unrecorded}");
    let written = record(&manifests.load().unwrap());
    let gone = manifests.write("clusters.toml", written).remove("scopes/prod.toml");
    assert_eq!(
        against_record(&gone),
        "M/clusters.toml:6:8: the cluster `prod` is recorded, and no scope describes it\n    \
         hint: restore manifests/scopes/prod.toml; when the cluster was taken down: cargo xtask scopes record --removed prod"
    );
    let scopes = gone.load().unwrap().scopes;
    scopes.record(&[]).unwrap_err();
    let text = scopes.record(&[name::<ScopeName>("prod")]).unwrap();
    assert!(!text.contains("prod"), "{text}");
    let error = scopes.record(&[name("prod"), name("never")]).unwrap_err().to_string();
    assert!(error.contains("`never` is not a recorded cluster without a scope"), "{error}");
}
