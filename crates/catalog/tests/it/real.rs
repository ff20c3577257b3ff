//! The repository's own `manifests/`: it loads, it agrees with its schemas, and it says what the sources say.

use camino::Utf8Path;
use catalog::{Catalog, Linkage, Policy, Registry, schemas};
use vocab::{Date, ModuleStatus, Target, Verdict};

fn manifests() -> &'static Utf8Path {
    Utf8Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../manifests"))
}

fn load() -> Catalog {
    Catalog::load(manifests()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

// Without it a typing slip in the data would be found by the first user.
#[test]
fn the_manifests_of_this_repository_load() {
    let catalog = load();
    let names = |profile: &str| {
        let profile = &catalog.profiles[&profile.parse().unwrap()];
        profile.components.iter().map(|member| member.component.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names("quickstart"), ["etcd", "crictl", "cni-plugins"]);
    assert_eq!(names("smoke"), ["cni-plugins"]);
    assert!(catalog.toolchains.default_go(Target::LinuxAmd64).is_some());
    assert!(catalog.toolchains.default_zig(Target::LinuxAmd64).is_some());
}

// Without it the program and the folder could judge by different registries and policies.
#[test]
fn what_is_built_in_is_what_the_folder_says() {
    let catalog = load();
    assert_eq!(catalog.registry, *Registry::embedded());
    assert_eq!(
        catalog.policies.values().collect::<Vec<_>>(),
        Policy::all_embedded().iter().collect::<Vec<_>>()
    );
    assert!(
        Policy::embedded(Policy::DEFAULT).is_some_and(|policy| !policy.accepts(Verdict::InProcess))
    );
    assert!(
        Policy::embedded("allow-in-process")
            .is_some_and(|policy| policy.accepts(Verdict::InProcess))
    );
    assert!(Policy::embedded("allow-everything").is_none());
}

// Without it an editor would check files against rules that are not ours any more.
#[test]
fn the_checked_in_schemas_are_the_ones_we_check_by() {
    for (name, expected) in schemas() {
        let path = manifests().join("schemas").join(&name);
        let found = files::read_text(&path, catalog::FILE_LIMIT).unwrap_or_default();
        assert!(found == expected, "`{path}` is stale\n\nhint: run `cargo xtask schema`");
    }
}

// Without it a new file would be written without completion and checks.
#[test]
fn every_file_names_its_schema_for_editors() {
    for entry in files::walk(manifests()).unwrap() {
        let (folder, schema) = match entry.path.components().next().map(|part| part.as_str()) {
            Some("components") => ("../", "component"),
            Some("profiles") => ("../", "profile"),
            Some("policies") => ("../", "policy"),
            Some("packages") => ("../", "packages"),
            Some("waivers") => ("../", "waivers"),
            Some("modules.toml") => ("", "modules"),
            Some("toolchains.toml") => ("", "toolchains"),
            _ => continue,
        };
        let text = files::read_text(&manifests().join(&entry.path), catalog::FILE_LIMIT).unwrap();
        let expected = format!("#:schema {folder}schemas/{schema}.schema.json");
        assert_eq!(text.lines().next(), Some(expected.as_str()), "{}", entry.path);
    }
}

// Without it a change of the registry could turn a label without anyone looking.
#[test]
fn the_modules_a_go_binary_can_hold_have_the_status_the_sources_give() {
    let registry = Registry::embedded();
    let status = |id: &str, on: Date| registry.by_id(&id.parse().unwrap()).unwrap().status_on(on);
    let today = day(2026, 11, 21);
    assert_eq!(status("go-cryptographic-module-v1.0.0", today), ModuleStatus::Active);
    assert_eq!(status("go-cryptographic-module-v1.0.0", day(2026, 4, 26)), ModuleStatus::InProcess);
    assert_eq!(
        status("go-cryptographic-module-v1.0.0", day(2031, 4, 27)),
        ModuleStatus::Historical
    );
    assert_eq!(status("go-cryptographic-module-v1.26.0", today), ModuleStatus::InProcess);
    assert_eq!(status("go-cryptographic-module-v1.0.0-early", today), ModuleStatus::None);
    assert_eq!(status("boringcrypto-2022061300", today), ModuleStatus::Active);
    assert_eq!(status("boringcrypto-2022061300", day(2029, 1, 2)), ModuleStatus::Historical);
    assert_eq!(status("boringcrypto-fips-20210429", day(2026, 9, 21)), ModuleStatus::Active);
    assert_eq!(status("boringcrypto-fips-20210429", day(2026, 9, 22)), ModuleStatus::Historical);
    assert_eq!(status("d2iq-boringcrypto", today), ModuleStatus::Unknown);
    assert_eq!(status("chainguard-fips-provider-3.4.0", today), ModuleStatus::Unknown);
}

// Without it a fingerprint could point to the wrong certificate.
#[test]
fn snapshots_and_object_files_lead_to_their_certificates() {
    let registry = Registry::embedded();
    let certificate = |name: &str| {
        registry.go_snapshot(name).map(|module| module.certificate.map(|number| number.0))
    };
    assert_eq!(certificate("v1.0.0-c2097c7c"), Some(Some(5247)));
    assert_eq!(certificate("v1.26.0"), Some(None));
    assert_eq!(certificate("v1.0.0"), Some(None));
    assert_eq!(certificate("latest"), None);
    let seen: Vec<_> = registry
        .boring_texts()
        .map(|(module, text)| {
            let by_digest = registry.boring_run(&text.run_sha256).unwrap();
            (by_digest.certificate.unwrap().0, text.arch.as_str(), module.id == by_digest.id)
        })
        .collect();
    assert_eq!(
        seen,
        [
            (4735, "amd64", true),
            (4735, "arm64", true),
            (4407, "amd64", true),
            (4407, "arm64", true),
            (3678, "amd64", true)
        ]
    );
}

// Without it a module that is proved by its bytes could get another version's certificate.
#[test]
fn a_version_text_leads_to_the_row_of_its_linkage() {
    let registry = Registry::embedded();
    let certificate = |text: &str, linkage| {
        let row = registry.version_string(text, linkage)?;
        Some((row.certificate.map(|number| number.0), row.status_on(day(2026, 11, 21))))
    };
    let active = |number| Some((Some(number), ModuleStatus::Active));
    assert_eq!(certificate("AWS-LC FIPS 3.1.0", Linkage::Static), active(5314));
    assert_eq!(certificate("AWS-LC FIPS 3.1.0", Linkage::Dynamic), active(5298));
    assert_eq!(certificate("AWS-LC FIPS 2.0.0", Linkage::Static), active(4816));
    let stream = Some((None, ModuleStatus::UpdateStream));
    for linkage in [Linkage::Static, Linkage::Dynamic] {
        assert_eq!(certificate("AWS-LC FIPS 3.6.0", linkage), stream, "of a validated branch");
        assert_eq!(certificate("AWS-LC FIPS 4.2.0", linkage), Some((None, ModuleStatus::None)));
        assert_eq!(certificate("AWS-LC FIPS 3.1", linkage), None);
    }
    let provider = |name: &str, version: &str| {
        registry.provider(name, version).and_then(|row| row.certificate).map(|number| number.0)
    };
    assert_eq!(provider("OpenSSL FIPS Provider", "3.1.2"), Some(4985));
    assert_eq!(provider("OpenSSL FIPS Provider", "3.1.1"), None);
    assert_eq!(provider("Another FIPS Provider", "3.1.2"), None);
}
