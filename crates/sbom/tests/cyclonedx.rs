//! What the document says, whatever the validators think of its shape.

mod part;
mod sample;

use proptest::prelude::*;
use sbom::{Description, SbomError, cyclonedx, property};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Label, Sha256, Verdict};

fn document(release: &Description) -> Value {
    serde_json::from_slice(&cyclonedx(release).unwrap()).unwrap()
}

fn components(document: &Value) -> impl Iterator<Item = &Value> {
    let all = document.get("components").and_then(Value::as_array).unwrap();
    all.iter().chain(document.pointer("/metadata/component"))
}

fn component<'d>(document: &'d Value, reference: &str) -> &'d Value {
    components(document)
        .find(|component| text(component, "bom-ref") == reference)
        .unwrap_or_else(|| panic!("no {reference}"))
}

fn text<'d>(value: &'d Value, key: &str) -> &'d str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The values of one property of a component, or of anything that has properties.
fn values<'d>(owner: &'d Value, name: &str) -> Vec<&'d str> {
    let list = owner.get("properties").and_then(Value::as_array).into_iter().flatten();
    list.filter(|property| text(property, "name") == name)
        .map(|property| text(property, "value"))
        .collect()
}

/// Every string below every key of that name.
fn everywhere<'d>(value: &'d Value, key: &str, found: &mut Vec<&'d str>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| everywhere(item, key, found)),
        Value::Object(map) => {
            found.extend(map.get(key).and_then(Value::as_str));
            map.values().for_each(|item| everywhere(item, key, found));
        }
        _ => {}
    }
}

fn edges(document: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let list = document.get("dependencies").and_then(Value::as_array).unwrap();
    list.iter()
        .map(|entry| {
            let targets = entry.get("dependsOn").and_then(Value::as_array).into_iter().flatten();
            (text(entry, "ref"), targets.filter_map(Value::as_str).collect())
        })
        .collect()
}

#[test]
fn every_reference_ends_at_something_and_no_name_stands_for_two_things() {
    let document = document(&sample::release());
    let mut names = Vec::new();
    everywhere(&document, "bom-ref", &mut names);
    let known: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(known.len(), names.len(), "a bom-ref is used twice");
    let mut used = Vec::new();
    everywhere(&document, "ref", &mut used);
    everywhere(&document, "target", &mut used);
    used.extend(edges(&document).values().flatten());
    for list in [
        "/compositions/0/dependencies",
        "/compositions/1/dependencies",
        "/declarations/claims/0/evidence",
    ] {
        used.extend(
            document
                .pointer(list)
                .and_then(Value::as_array)
                .unwrap()
                .iter()
                .filter_map(Value::as_str),
        );
    }
    assert!(used.len() > 200, "the references were found");
    for reference in used {
        assert!(known.contains(reference), "{reference} is nothing");
    }
}

#[test]
fn the_tree_leads_from_the_release_to_every_module() {
    let document = document(&sample::release());
    let edges = edges(&document);
    let mut reached = BTreeSet::from(["release"]);
    while let Some(next) = reached
        .iter()
        .filter_map(|name| edges.get(name))
        .flatten()
        .find(|name| !reached.contains(*name))
    {
        reached.insert(next);
    }
    assert_eq!(
        reached,
        components(&document).map(|component| text(component, "bom-ref")).collect()
    );
}

#[test]
fn nothing_known_and_nothing_needed_are_told_apart() {
    let document = document(&sample::release());
    let edges = edges(&document);
    assert_eq!(edges.get("go/stdlib@1.27.4"), Some(&BTreeSet::new()), "it needs nothing");
    assert_eq!(edges.get("go/sigs.k8s.io/yaml@v1.6.0"), None, "what it needs is not known");
    assert!(document.pointer("/dependencies").unwrap().to_string().contains(r#""dependsOn":[]"#));
}

#[test]
fn sixty_modules_shared_by_four_binaries_stand_in_the_document_once_each() {
    let document = document(&sample::release());
    let go = components(&document).filter(|c| text(c, "purl").starts_with("pkg:golang/")).count();
    assert_eq!(go, 60 + 1, "sixty modules and the standard library");
}

#[test]
fn a_full_binary_with_cryptography_points_at_a_module_with_an_active_certificate() {
    let document = document(&sample::release());
    let edges = edges(&document);
    for file in components(&document).filter(|c| values(c, property::VERDICT) == ["pass"]) {
        let modules: Vec<_> = edges[text(file, "bom-ref")]
            .iter()
            .filter(|name| name.starts_with("module/"))
            .collect();
        assert!(!modules.is_empty(), "{file}");
        for module in modules.iter().map(|name| component(&document, name)) {
            assert_eq!(values(module, property::CMVP_STATUS), ["active"]);
            assert_eq!(
                module.pointer("/externalReferences/0/type").unwrap(),
                "certification-report"
            );
            assert_eq!(module.get("tags").unwrap(), &serde_json::json!(["cryptographic-module"]));
        }
    }
    let module = component(&document, "module/go-cryptographic-module-v1.0.0");
    let report = module.pointer("/externalReferences/0").unwrap();
    assert_eq!(
        (text(report, "type"), text(report, "comment")),
        ("certification-report", "NIST-CMVP-5247")
    );
    assert!(text(report, "url").ends_with("/certificate/5247"));
}

#[test]
fn every_label_carries_its_policy_and_both_dates() {
    let document = document(&sample::release());
    let labelled: Vec<_> =
        components(&document).filter(|c| !values(c, property::STATUS).is_empty()).collect();
    assert_eq!(labelled.len(), 1 + 1 + 3 + 4 + 1, "release, profile, components, binaries, image");
    for component in labelled {
        assert_eq!(values(component, property::POLICY), ["fips140-3-active"]);
        assert_eq!(values(component, property::AS_OF), ["2026-11-21"]);
        assert_eq!(values(component, property::REGISTRY_DATE), ["2026-11-20"]);
    }
}

#[test]
fn the_labels_are_those_that_were_given_and_none_is_improved() {
    let mut release = sample::release();
    release.label = Label::Partial;
    release.components[0].label = Label::Partial;
    let artifact = &mut release.components[0].artifacts[0];
    (artifact.label, artifact.verdict) = (Label::Not, Verdict::OutsideModule);
    let document = document(&release);
    let status = |reference| values(component(&document, reference), property::STATUS);
    assert_eq!(status("release"), ["partial"]);
    assert_eq!(status("component/etcd"), ["partial"]);
    assert_eq!(status("file/etcd/linux-amd64/etcd"), ["not"]);
    assert_eq!(status("file/etcd/linux-amd64/etcdctl"), ["full"]);
    let claims = document.pointer("/declarations/claims").unwrap().to_string();
    assert!(claims.contains("label not, verdict outside-module"), "{claims}");
}

#[test]
fn what_is_not_known_is_said_and_not_filled_in() {
    let mut release = sample::release();
    release.supplier = None;
    let document = document(&release);
    let unknown = |reference| values(component(&document, reference), property::UNKNOWN);
    let unlicensed = "go/github.com/unlicensed/thing@v0.0.0-20240708192948-52c50467d67d";
    assert_eq!(unknown(unlicensed), ["licence"]);
    assert_eq!(component(&document, unlicensed).get("licenses"), None);
    assert_eq!(unknown("go/go.example.org/module6/v2@v2.1.0"), ["hash"]);
    assert_eq!(unknown("module/boringcrypto-2022061300"), ["hash", "licence"]);
    assert_eq!(unknown("file/etcd/linux-amd64/etcd"), ["supplier"]);
    assert_eq!(unknown("release"), ["supplier"]);
}

#[test]
fn a_licence_says_who_found_it() {
    let document = document(&sample::release());
    let licences =
        |reference| component(&document, reference).pointer("/licenses").unwrap().clone();
    assert_eq!(
        licences("go/sigs.k8s.io/yaml@v1.6.0"),
        serde_json::json!([{ "expression": "Apache-2.0 AND BSD-3-Clause AND MIT", "acknowledgement": "concluded" }])
    );
    assert_eq!(
        licences("component/etcd"),
        serde_json::json!([{ "license": { "id": "Apache-2.0", "acknowledgement": "declared" } }])
    );
    assert_eq!(
        licences("go/github.com/odd/terms@v1.0.0"),
        serde_json::json!([{ "license": { "name": "Contoso Terms 1", "acknowledgement": "concluded" } }])
    );
}

#[test]
fn example_keys_are_named_where_they_sign_and_nowhere_else() {
    let mut release = sample::release();
    let stated = |release: &Description| {
        values(document(release).get("metadata").unwrap(), property::EXAMPLE_KEYS)
            .iter()
            .map(|v| (*v).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(stated(&release), ["true"]);
    release.example_keys = false;
    assert!(stated(&release).is_empty());
}

#[test]
fn the_document_is_bound_to_the_release_and_to_its_dates() {
    let release = sample::release();
    let metadata = document(&release).get("metadata").unwrap().clone();
    assert_eq!(values(&metadata, property::RELEASE_DIGEST), [release.release_digest.to_string()]);
    let serial = |release: &Description| text(&document(release), "serialNumber").to_owned();
    let mut other = release.clone();
    other.release_digest = Sha256::of(b"another");
    assert_ne!(serial(&release), serial(&other));
    let later = Description { as_of: "2031-04-27".parse().unwrap(), ..release.clone() };
    assert_ne!(serial(&release), serial(&later));
    // RFC 9562: version 8, variant 10.
    let serial = serial(&release);
    assert!(
        serial.get(23..24) == Some("8") && "89ab".contains(serial.get(28..29).unwrap()),
        "{serial}"
    );
}

#[test]
fn an_allowed_finding_keeps_its_reason_and_an_inactive_module_is_not_called_active() {
    let mut release = sample::release();
    release.components[0].artifacts[0].modules[0].active = false;
    let document = document(&release);
    let file = component(&document, "file/etcd/linux-amd64/etcd");
    assert!(
        values(file, property::ALLOWED)[0]
            .starts_with("residual-crypto golang.org/x/crypto/bcrypt: hashes passwords")
    );
    assert!(values(file, property::FINDING).is_empty());
    assert_eq!(values(file, property::MODULE), ["go-cryptographic-module-v1.0.0 inactive"]);
}

#[test]
fn the_offset_of_the_evidence_is_in_the_document() {
    let document = document(&sample::release());
    let module = component(&document, "module/boringcrypto-2022061300");
    let occurrence = module.pointer("/evidence/occurrences/0").unwrap();
    assert_eq!(occurrence.get("offset").unwrap(), 0x4000);
    assert!(text(occurrence, "location").ends_with(".tar.gz!crictl-linux-arm64+fips.0/crictl"));
}

#[test]
fn one_module_with_two_digests_is_refused() {
    let mut release = sample::release();
    release.components[0].artifacts[0].linked[10].sha256 = Some(Sha256::of(b"tampered"));
    let error = cyclonedx(&release).unwrap_err();
    assert!(
        matches!(&error, SbomError::Conflict { reference } if reference.contains("module10")),
        "{error}"
    );
}

#[test]
fn what_was_built_from_git_is_named_by_repository_and_commit() {
    let mut release = sample::release();
    let vcs = "git+https://e.org/x.git@88d8ad9d40f82726fda53c2d271e6172b4c619c9".to_owned();
    release.components[0].vcs = Some(vcs.clone());
    let name = release.components[0].name.to_string();
    for artifact in &mut release.components[0].artifacts {
        artifact.linked.push(sbom::LinkedModule {
            ecosystem: sbom::Ecosystem::Go,
            path: "e.org/x".to_owned(),
            version: "v1.0.0".to_owned(),
            h1: None,
            sha256: None,
            sha512: None,
            licences: vec![],
            vcs: Some(vcs.clone()),
            upstream: None,
            replaced_from: None,
        });
    }
    let text = document(&release).to_string();
    let query =
        "?vcs_url=git%2Bhttps:%2F%2Fe.org%2Fx.git%4088d8ad9d40f82726fda53c2d271e6172b4c619c9";
    assert!(text.contains(&format!("pkg:generic/e.org/x@v1.0.0{query}")), "{text}");
    let component = text
        .split("pkg:generic/")
        .find(|rest| rest.starts_with(&format!("{name}@")) && rest.contains("vcs_url"));
    assert!(
        component.is_some_and(|rest| rest.split('"').next().unwrap_or_default().ends_with(query)),
        "{text}"
    );
}

#[test]
fn what_one_binary_knows_of_a_module_and_another_does_not_is_put_together() {
    let mut release = sample::release();
    let module = &mut release.components[0].artifacts[1].linked[3];
    let (path, version) = (module.path.clone(), module.version.clone());
    (module.h1, module.sha256, module.sha512) = (None, None, None);
    module.licences.clear();
    module.replaced_from =
        Some(sbom::Replaced { path: path.clone(), version: "v0.0.0".to_owned() });
    let document = document(&release);
    let node = component(&document, &format!("go/{path}@{version}"));
    assert!(values(node, property::UNKNOWN).is_empty(), "{node}");
    assert_eq!(values(node, property::REPLACES), [format!("{path}@v0.0.0")]);
}

#[test]
fn two_paths_that_differ_in_case_only_are_two_modules() {
    let mut release = sample::release();
    let linked = &mut release.components[0].artifacts[0].linked;
    let mut other = linked[0].clone();
    other.path = other.path.to_lowercase();
    other.sha256 = Some(Sha256::of(b"another"));
    linked.push(other);
    let document = document(&release);
    let purl = |reference| text(component(&document, reference), "purl").to_owned();
    assert_eq!(
        purl("go/github.com/BurntSushi/toml@v1.5.0"),
        purl("go/github.com/burntsushi/toml@v1.5.0")
    );
}

#[test]
fn a_module_that_is_used_and_not_described_is_refused() {
    let mut release = sample::release();
    release.modules.clear();
    let error = cyclonedx(&release).unwrap_err();
    assert!(matches!(error, SbomError::Dangling { .. }), "{error}");
}

#[test]
fn a_time_that_readers_could_read_differently_is_refused() {
    for created in [
        "",
        "2026-11-21",
        "2026-11-21 00:00:00Z",
        "2026-11-21T00:00:00+01:00",
        "2026-13-21T00:00:00Z",
        "20261121T000000Z",
    ] {
        let release = Description { created: created.to_owned(), ..sample::release() };
        assert!(matches!(cyclonedx(&release), Err(SbomError::Created { .. })), "{created}");
    }
}

#[test]
fn a_text_with_control_characters_can_neither_break_a_line_nor_the_document() {
    let mut release = sample::release();
    release.components[0].summary = "two\nlines\tand \u{1b}[2J".to_owned();
    release.components[0].repository = Some("not a url \n".to_owned());
    let error = cyclonedx(&release).unwrap_err();
    assert!(matches!(error, SbomError::Invalid { .. }), "{error}");
    release.components[0].repository = Some("https://example.com/x".to_owned());
    let bytes = cyclonedx(&release).unwrap();
    assert!(bytes.iter().all(|byte| *byte == b'\n' || *byte >= b' '));
    assert_eq!(
        text(component(&document(&release), "component/etcd"), "description"),
        "two lines and \u{1b}[2J"
    );
}

#[test]
fn every_property_we_write_is_specified_and_every_specified_property_exists() {
    let page = include_str!("../../../docs/cyclonedx-properties.md");
    let specified: BTreeSet<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `fipsmith:")?.split('`').next())
        .collect();
    let ours: BTreeSet<_> =
        property::ALL.iter().filter_map(|name| name.strip_prefix("fipsmith:")).collect();
    assert_eq!(specified, ours);
    let document = document(&sample::release());
    let mut names = Vec::new();
    everywhere(&document, "name", &mut names);
    for name in names.iter().filter_map(|name| name.strip_prefix("fipsmith:")) {
        assert!(ours.contains(name), "{name}");
    }
}

/// Puts every list of the description in another order.
fn shuffled(mut release: Description, seed: usize) -> Description {
    fn turn<T>(list: &mut [T], seed: usize) {
        let middle = if list.is_empty() { 0 } else { seed % list.len() };
        list.rotate_left(middle);
        if seed.is_multiple_of(2) {
            list.reverse();
        }
    }
    turn(&mut release.components, seed);
    turn(&mut release.modules, seed);
    for component in &mut release.components {
        turn(&mut component.artifacts, seed);
        turn(&mut component.archives, seed);
        for artifact in &mut component.artifacts {
            turn(&mut artifact.linked, seed);
            turn(&mut artifact.reasons, seed);
            turn(&mut artifact.findings, seed);
            turn(&mut artifact.modules, seed);
            artifact.linked.iter_mut().for_each(|module| turn(&mut module.licences, seed));
            artifact.modules.iter_mut().for_each(|used| turn(&mut used.evidence, seed));
        }
    }
    release
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_in_which_things_are_listed_does_not_show(seed in 1_usize..10_000) {
        let release = sample::release();
        let other = shuffled(release.clone(), seed);
        prop_assert_eq!(cyclonedx(&release).unwrap(), cyclonedx(&other).unwrap());
        prop_assert_eq!(sbom::builds_table(&release), sbom::builds_table(&other));
    }
}

/// Without it a reader of the SBOM would not know that a part of the release was looked at by nobody.
#[test]
fn what_is_imported_stands_in_the_tree_as_unknown_with_its_reason() {
    let mut release = sample::release();
    let before = document(&release);
    release.imported = vec![part::ubuntu()];
    release.components[0].layer = Some(vocab::Layer::Kubernetes);
    let document = document(&release);
    let ubuntu = component(&document, "component/ubuntu");
    assert_eq!((text(ubuntu, "name"), text(ubuntu, "version")), ("ubuntu", "24.04"));
    assert_eq!(values(ubuntu, property::STATUS), ["unknown"]);
    assert_eq!(values(ubuntu, property::IMPORTED), ["true"]);
    assert_eq!(values(ubuntu, property::REASON), ["its vendor makes it | and certifies it"]);
    assert_eq!(values(ubuntu, property::LAYER), ["operating-system"]);
    assert_eq!(values(ubuntu, property::UNKNOWN), ["hash", "licence", "supplier"]);
    assert!(values(ubuntu, property::VERDICT).is_empty(), "nobody has judged it");
    assert!(edges(&document)["profile/quickstart"].contains("component/ubuntu"));
    let etcd = component(&document, "component/etcd");
    assert_eq!(
        (values(etcd, property::PACK), values(etcd, property::LAYER)),
        (vec!["etcd"], vec!["kubernetes"])
    );
    assert_ne!(text(&document, "serialNumber"), text(&before, "serialNumber"));
}
