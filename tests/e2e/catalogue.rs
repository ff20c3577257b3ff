//! The catalogue on real releases: labels come from what was sealed, and what was not built is never called full.

use crate::support::{
    SMOKE, copy_of_smoke, damage_an_archive, empty, fipsmith, json, root, run, text, xtask,
};
use crate::validators;
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

/// A repository with the profile `smoke` alone, which a test may change.
fn repository(name: &str) -> Utf8PathBuf {
    let copy = empty(name);
    for folder in ["policies", "toolchains", "wrappers/cni-plugins"] {
        files::copy_tree(
            &root().join("manifests").join(folder),
            &copy.join("manifests").join(folder),
        )
        .unwrap();
    }
    for file in
        ["modules.toml", "toolchains.toml", "profiles/smoke.toml", "components/cni-plugins.toml"]
    {
        let text = files::read_text(&root().join("manifests").join(file), 1 << 20).unwrap();
        write(&copy, &format!("manifests/{file}"), &text);
    }
    files::copy_tree(&root().join("keys.example"), &copy.join("keys.example")).unwrap();
    copy
}

fn write(folder: &Utf8Path, file: &str, content: &str) {
    files::write(&folder.join(file), content.as_bytes(), files::Mode::Plain).unwrap();
}

fn append(folder: &Utf8Path, file: &str, more: &str) {
    let text = files::read_text(&folder.join(file), 1 << 20).unwrap();
    write(folder, file, &(text + more));
}

/// `fipsmith catalog` on a repository, with the example keys.
fn catalog(repository: &Utf8Path, args: &[&str]) -> Command {
    let mut command = fipsmith(&["catalog", "--allow-example-keys"]);
    command.args(args).env("FIPSMITH_ROOT", repository.as_str());
    command
}

fn listed(repository: &Utf8Path, dist: &Utf8Path, args: &[&str], code: i32) -> Value {
    let mut command = catalog(repository, &["--format", "json", "--dist", dist.as_str()]);
    json(&run(command.args(args), code))
}

fn at<'a>(copy: &'a Utf8Path, args: &[&'a str]) -> Command {
    let mut command = xtask(args);
    command.env("FIPSMITH_ROOT", copy.as_str());
    command
}

fn smoke_dist() -> &'static Utf8Path {
    SMOKE.parent().unwrap()
}

/// Without it people would choose by flags, or by what was true when somebody sealed it.
#[test]
fn labels_come_from_sealed_releases_and_are_those_of_the_day() {
    let repository = repository("catalogue");
    let today = listed(&repository, smoke_dist(), &[], 0);
    let (profile, pack) = (&today["profiles"][0], &today["packs"][0]);
    assert_eq!(
        (&today["schema"], &today["examined"]),
        (&"fipsmith-catalog/1".into(), &"seals".into())
    );
    assert_eq!((&profile["profile"], &profile["label"]), (&"smoke".into(), &"full".into()));
    assert_eq!(profile["layers"], serde_json::json!([{ "layer": "cni", "label": "full" }]));
    assert_eq!(
        (&pack["pack"], &pack["label"], &pack["layer"]),
        (&"cni-plugins".into(), &"full".into(), &"cni".into())
    );
    assert_eq!(pack["components"][0]["modules"][0]["certificate"], 5247);
    let later = listed(&repository, smoke_dist(), &["--as-of", "2031-05-01"], 0);
    assert_eq!(later["profiles"][0]["label"], "not");
    let reason = later["packs"][0]["components"][0]["reasons"][0].as_str().unwrap();
    assert!(reason.contains("`historical` on 2031-05-01"), "{reason}");
    let full = listed(&repository, smoke_dist(), &["--fips", "full", "--as-of", "2031-05-01"], 0);
    assert_eq!(
        (&full["profiles"], &full["packs"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    // The bytes say the same as the seal, today and later.
    for (day, label) in [(None, "full"), (Some("2031-05-01"), "not")] {
        let mut args = vec!["--verify"];
        args.extend(day.iter().flat_map(|day| ["--as-of", *day]));
        let read = listed(&repository, smoke_dist(), &args, 0);
        assert_eq!(
            (&read["examined"], &read["profiles"][0]["label"]),
            (&"bytes".into(), &label.into())
        );
    }
}

/// Without it somebody without a terminal, or without colours, could not read the status.
#[test]
fn the_status_is_an_icon_and_a_word() {
    let repository = repository("catalogue-text");
    let mut command = catalog(&repository, &["--dist", smoke_dist().as_str()]);
    let shown = text(&run(&mut command, 0).stdout);
    for part in
        ["✔ full", "smoke", "cni-plugins", "#5247 active", "archives not read", "EXAMPLE KEYS"]
    {
        assert!(shown.contains(part), "no `{part}` in\n{shown}");
    }
    let mut unreleased = catalog(&repository, &["--dist", empty("catalogue-no-dist").as_str()]);
    let shown = text(&run(&mut unreleased, 0).stdout);
    assert!(shown.contains("? unknown") && shown.contains("not released yet"), "{shown}");
    assert!(!shown.contains("full"), "{shown}");
}

/// Without it a folder that anyone wrote would be listed as if we had sealed it.
#[test]
fn a_release_that_is_not_believed_is_unknown_and_the_exit_code_says_so() {
    let repository = repository("catalogue-refused");
    let mut stranger = fipsmith(&["catalog", "--format", "json", "--dist", smoke_dist().as_str()]);
    let refused = json(&run(stranger.env("FIPSMITH_ROOT", repository.as_str()), 1));
    assert_eq!(refused["profiles"][0]["label"], "unknown");
    let reason = refused["profiles"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("not believed") && reason.contains("example keys"), "{reason}");
    // A changed archive does not show in a seal; it shows when every byte is read.
    let damaged = copy_of_smoke("catalogue-damaged");
    damage_an_archive(&damaged);
    let dist = damaged.parent().unwrap();
    assert_eq!(listed(&repository, dist, &[], 0)["profiles"][0]["label"], "full");
    let read = listed(&repository, dist, &["--verify"], 1);
    assert_eq!(read["profiles"][0]["label"], "unknown");
    write(&damaged, "manifest.pae", "another");
    assert_eq!(listed(&repository, dist, &[], 1)["profiles"][0]["label"], "unknown");
}

/// Without it a label would outlive the version, the backend or the target that it was earned with.
#[test]
fn what_the_profile_asks_for_today_and_the_release_does_not_have_is_unknown() {
    for (name, file, from, to, reason) in [
        (
            "backend",
            "manifests/components/cni-plugins.toml",
            "[\"go-native\"]",
            "[\"go-boringcrypto\"]",
            "the release has `go-native`",
        ),
        (
            "target",
            "manifests/profiles/smoke.toml",
            "[\"linux/amd64\"]",
            "[\"linux/amd64\", \"linux/arm64\"]",
            "not released yet for linux/arm64",
        ),
        (
            "version",
            "manifests/profiles/smoke.toml",
            "version = \"1.0.0\"",
            "version = \"1.0.1\"",
            "not released yet",
        ),
    ] {
        let repository = repository(&format!("catalogue-{name}"));
        let text = files::read_text(&repository.join(file), 1 << 20).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        write(&repository, file, &text.replace(from, to));
        let list = listed(&repository, smoke_dist(), &[], 0);
        assert_eq!(list["profiles"][0]["label"], "unknown", "{name}");
        let found = list["packs"][0]["components"][0]["reasons"][0].as_str().unwrap();
        assert!(found.contains(reason), "{name}: {found}");
    }
}

const IMPORTED: &str = "\n[[imported]]\npack = \"ubuntu\"\nlayer = \"operating-system\"\nversion = \"24.04\"\n\
    reason = \"its own vendor makes and certifies it\"\n\n[[components]]\ncomponent = \"gone\"\nlayer = \"csi\"\n";

/// A repository whose profile stands on an operating system that is not ours and a component whose sources cannot be had.
fn with_imported(name: &str) -> Utf8PathBuf {
    let repository = repository(name);
    append(&repository, "manifests/profiles/smoke.toml", IMPORTED);
    let recipe =
        files::read_text(&repository.join("manifests/components/cni-plugins.toml"), 1 << 20)
            .unwrap()
            .replace("name = \"cni-plugins\"", "name = \"gone\"");
    let answer = "\n[[unavailable]]\nmodule = \"github.com/containernetworking/plugins\"\nversion = \"v1.9.1\"\n\
        said = \"This module version is not available.\"\nasked = \"2026-11-21\"\n";
    write(&repository, "manifests/components/gone.toml", &(recipe + answer));
    repository
}

/// Without it a release could be full by leaving out what nobody could build.
#[test]
fn what_is_not_built_is_planned_sealed_described_and_labelled_as_unknown() {
    let repository = with_imported("imported");
    let dist = repository.join("dist");
    let state = root().join("target/fipsmith");
    let state = ["--profile", "smoke", "--state", state.as_str()];
    let plan = text(&run(at(&repository, &["plan"]).args(state), 0).stdout);
    let reason = "not built: github.com/containernetworking/plugins@v1.9.1 could not be had on 2026-11-21: This module version is not available.";
    for part in ["ubuntu 24.04 imported, unknown", "gone v1.9.1 imported, unknown", reason] {
        assert!(plan.contains(part), "no `{part}` in\n{plan}");
    }
    let asked =
        text(&run(at(&repository, &["build", "--component", "gone"]).args(state), 2).stderr);
    assert!(asked.contains(reason), "{asked}");
    let outcome = json(&run(at(&repository, &["release", "--format", "json"]).args(state), 0));
    assert_eq!(outcome["label"], "partial");
    let imported: Vec<&str> = outcome["imported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["component"].as_str().unwrap())
        .collect();
    assert_eq!(imported, ["gone", "ubuntu"]);
    assert_eq!(
        (&outcome["imported"][0]["label"], &outcome["imported"][0]["reason"]),
        (&"unknown".into(), &reason.into())
    );
    let release = Utf8PathBuf::from(outcome["release"].as_str().unwrap());
    let builds = files::read_text(&release.join("BUILDS.md"), 1 << 20).unwrap();
    assert!(builds.contains(&format!("| gone | gone | csi | v1.9.1 | {reason} |")), "{builds}");
    let sbom = release.join("sbom.cdx.json");
    validators::validate(root().join("target").as_std_path(), "cyclonedx", sbom.as_std_path())
        .unwrap();
    let verified = json(&run(
        &mut fipsmith(&["verify", release.as_str(), "--allow-example-keys", "--format", "json"]),
        0,
    ));
    assert_eq!(
        (&verified["label"], &verified["imported"][1]["component"]),
        (&"partial".into(), &"ubuntu".into())
    );
    // Nothing has to be built again, and the second answer is the first one.
    let again = json(&run(at(&repository, &["release", "--format", "json"]).args(state), 0));
    assert_eq!((&again["unchanged"], &again["imported"]), (&true.into(), &outcome["imported"]));
    let list = listed(&repository, &dist, &[], 0);
    let layers = serde_json::json!([
        { "layer": "operating-system", "label": "unknown" },
        { "layer": "cni", "label": "full" },
        { "layer": "csi", "label": "unknown" },
    ]);
    assert_eq!(
        (&list["profiles"][0]["label"], &list["profiles"][0]["layers"]),
        (&"partial".into(), &layers)
    );
    let full = listed(&repository, &dist, &["--fips", "full"], 0);
    let packs: Vec<&Value> =
        full["packs"].as_array().unwrap().iter().map(|pack| &pack["pack"]).collect();
    assert_eq!(packs, ["cni-plugins"]);
}

fn scope(repository: &Utf8Path, name: &str, content: &str) {
    let text = format!("name = \"{name}\"\nsummary = \"{name} of a test\"\n{content}");
    write(repository, &format!("manifests/scopes/{name}.toml"), &text);
}

/// Without it a setting would be a word that nothing holds anyone to.
#[test]
fn a_cluster_that_breaks_a_setting_fails_with_layer_label_and_place() {
    let repository = repository("scopes");
    scope(&repository, "agency", "kind = \"tenant\"\nfips = \"required\"\n");
    scope(&repository, "prod", "kind = \"cluster\"\nparent = \"agency\"\nprofile = \"smoke\"\n");
    run(&mut at(&repository, &["scopes", "record"]), 0);
    let dist = ["--dist", smoke_dist().as_str()];
    let broken = text(&run(catalog(&repository, &["--scopes"]).args(dist), 1).stdout);
    for part in [
        "manifests/scopes/prod.toml:5:11: the cluster `prod`: its layer `operating-system` is `unknown` in the profile `smoke`",
        "the tenant `agency` requires FIPS",
        "manifests/scopes/agency.toml:4: fips = \"required\"",
        "3 broken settings: FAIL",
    ] {
        assert!(broken.contains(part), "no `{part}` in\n{broken}");
    }
    assert!(
        !broken.contains("its layer `cni` is"),
        "a layer that is full breaks nothing\n{broken}"
    );
    // A second cluster where nothing is required breaks nothing, and the same list is data.
    scope(&repository, "agency", "kind = \"tenant\"\nfips = \"not-required\"\n");
    scope(
        &repository,
        "prod",
        "kind = \"cluster\"\nparent = \"agency\"\nprofile = \"smoke\"\nfips = \"required\"\n",
    );
    let list = listed(&repository, smoke_dist(), &["--scopes"], 1);
    assert_eq!(list["scopes"]["scopes"][1]["label"], "full");
    assert_eq!(list["scopes"]["problems"].as_array().unwrap().len(), 3);
}

/// Without it somebody could turn FIPS off where it is in the way, and the cluster would still be called what it was.
#[test]
fn turning_fips_off_on_a_recorded_cluster_is_refused_everywhere() {
    let repository = repository("scopes-record");
    scope(
        &repository,
        "agency",
        "kind = \"tenant\"\nfips = \"required\"\nallow = [\"non-fips-cluster-import\"]\n",
    );
    scope(&repository, "old", "kind = \"cluster\"\nparent = \"agency\"\nimported = true\n");
    let unrecorded = text(&run(&mut catalog(&repository, &["--scopes"]), 1).stdout);
    assert!(unrecorded.contains("the cluster `old` is not recorded"), "{unrecorded}");
    run(&mut at(&repository, &["scopes", "record", "--check"]), 1);
    run(&mut at(&repository, &["scopes", "record"]), 0);
    run(&mut at(&repository, &["scopes", "record", "--check"]), 0);
    run(&mut catalog(&repository, &["--scopes"]), 0);
    scope(&repository, "agency", "kind = \"tenant\"\nfips = \"not-required\"\n");
    let off = text(&run(&mut catalog(&repository, &["--scopes"]), 1).stdout);
    assert!(off.contains("FIPS cannot be turned off on an existing cluster"), "{off}");
    let refused = text(&run(&mut at(&repository, &["scopes", "record"]), 1).stderr);
    assert!(refused.contains("FIPS cannot be turned off on an existing cluster"), "{refused}");
    files::remove_tree(&repository.join("manifests/scopes/old.toml")).unwrap();
    run(&mut at(&repository, &["scopes", "record"]), 1);
    run(&mut at(&repository, &["scopes", "record", "--removed", "old"]), 0);
    run(&mut catalog(&repository, &["--scopes"]), 0);
}

/// Without it a scope that lies nowhere would simply not be checked.
#[test]
fn scopes_that_contradict_each_other_are_told_with_their_lines() {
    let repository = repository("scopes-wrong");
    scope(&repository, "agency", "kind = \"tenant\"\nfips = \"required\"\n");
    scope(
        &repository,
        "apps",
        "kind = \"project\"\nparent = \"agency\"\nfips = \"not-required\"\n",
    );
    let error = text(&run(&mut catalog(&repository, &["--scopes"]), 2).stderr);
    assert!(error.contains("apps.toml:5:8: the project `apps` does not require FIPS"), "{error}");
}

/// Without it a command of docs/catalogue.md could be one that fails when somebody types it.
#[test]
fn every_command_of_the_page_runs_on_this_repository() {
    let page = files::read_text(&root().join("docs/catalogue.md"), 1 << 20).unwrap();
    let commands: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() >= 5, "{commands:?}");
    let copy = empty("catalogue-page");
    files::copy_tree(&root().join("manifests"), &copy.join("manifests")).unwrap();
    files::copy_tree(&root().join("keys.example"), &copy.join("keys.example")).unwrap();
    let released = copy.join("dist").join(SMOKE.file_name().unwrap());
    files::copy_tree(&SMOKE, &released).unwrap();
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let mut command = match words[..] {
            ["cargo", "xtask", "scopes", ..] => xtask(&words[2..]),
            ["fipsmith", ..] => fipsmith(&words[1..]),
            _ => panic!("a command that no test knows: {command}"),
        };
        run(command.env("FIPSMITH_ROOT", copy.as_str()).current_dir(&copy), 0);
    }
}
