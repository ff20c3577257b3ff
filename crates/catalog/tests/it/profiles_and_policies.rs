//! What profiles and policies must be, and that every problem of every file is told in one run.

use crate::manifests::{Manifests, spoiled};

const PROFILE: &str = "profiles/one.toml";
const POLICY: &str = "policies/strict.toml";

#[test]
fn names_must_lead_somewhere() {
    assert_eq!(
        spoiled(PROFILE, "component = \"demo\"", "component = \"dmeo\""),
        "M/profiles/one.toml:8:13: unknown component `dmeo`; there is `demo`\n    hint: did you mean `demo`?"
    );
    assert_eq!(
        spoiled(PROFILE, "policy = \"strict\"", "policy = \"strct\""),
        "M/profiles/one.toml:4:10: unknown policy `strct`; there is `strict`\n    hint: did you mean `strict`?"
    );
}

#[test]
fn a_member_takes_a_backend_of_its_recipe() {
    assert_eq!(
        spoiled(PROFILE, "\"go-boringcrypto\"", "\"none\""),
        "M/profiles/one.toml:9:11: `demo` is not built with `none`; its recipe names `go-native`, `go-boringcrypto`\n    \
         hint: add the backend to `backends` of `components/demo.toml`"
    );
}

#[test]
fn targets_are_named_once_known_and_within_the_profile() {
    assert_eq!(
        spoiled(PROFILE, "[\"linux/amd64\", \"linux/arm64\"]", "[]").lines().next(),
        Some("M/profiles/one.toml:5:11: `targets` is empty; it takes at least 1")
    );
    assert_eq!(
        spoiled(PROFILE, "[\"linux/amd64\", \"linux/arm64\"]", "[\"linux/arm64\"]"),
        "M/profiles/one.toml:10:12: the target `linux/amd64` is not one of the profile's\n    hint: add it to the profile's `targets`"
    );
    assert_eq!(
        spoiled(PROFILE, "\"linux/arm64\"]", "\"linux/amd64\", \"linux/s390x\"]"),
        "M/profiles/one.toml:5:27: the target `linux/amd64` is named twice\n    hint: remove one of them\n\
         M/profiles/one.toml:5:42: unknown target `linux/s390x`; it is one of `linux/amd64`, `linux/arm64`"
    );
}

#[test]
fn a_component_is_a_member_once() {
    let printed = spoiled(
        PROFILE,
        "[[components]]\n",
        "[[components]]\ncomponent = \"demo\"\n[[components]]\n",
    );
    assert_eq!(
        printed,
        "M/profiles/one.toml:10:13: the component `demo` is named twice\n    hint: remove one of them"
    );
}

#[test]
fn profile_versions_and_release_numbers_are_checked() {
    assert_eq!(
        spoiled(PROFILE, "\"1.0.0\"", "\"1\""),
        "M/profiles/one.toml:3:11: `1` is not a profile version: it is written `1.0.0`"
    );
    for number in ["-1", "4294967296", "99999999999999999999"] {
        assert_eq!(
            spoiled(PROFILE, "policy = ", &format!("fips = {number}\npolicy = ")),
            "M/profiles/one.toml:4:8: `fips` takes a whole number from 0 to 4294967295"
        );
    }
}

#[test]
fn a_policy_accepts_what_is_proved_and_nothing_that_is_broken() {
    assert_eq!(
        spoiled(POLICY, "[\"pass\", \"no-crypto\"]", "[\"pass\"]"),
        "M/policies/strict.toml:1:8: a policy accepts `no-crypto`, and this one does not\n    hint: add \"no-crypto\" to `accept`"
    );
    for verdict in ["not-validated", "inactive", "tampered", "outside-module", "undetermined"] {
        let printed = spoiled(POLICY, "\"no-crypto\"]", &format!("\"no-crypto\", \"{verdict}\"]"));
        assert_eq!(
            printed,
            format!(
                "M/policies/strict.toml:3:32: no policy accepts `{verdict}`; it takes `pass`, `no-crypto`, `in-process`, `historical`\n    \
                 hint: mend the artifact, or waive the finding for its digest"
            )
        );
    }
}

// Without it a policy could let a single artifact's defect through for good.
#[test]
fn a_policy_accepts_findings_about_certificates_only_and_each_once() {
    let with = |codes: &str| {
        spoiled(POLICY, "\"no-crypto\"]", &format!("\"no-crypto\"]\naccept-findings = [{codes}]"))
    };
    assert_eq!(
        with("\"integrity-mismatch\""),
        "M/policies/strict.toml:4:20: unknown finding code for a policy `integrity-mismatch`; it is one of \
         `certificate-historical`, `module-in-process`, `module-update-stream`"
    );
    assert_eq!(
        with("\"module-in-process\", \"module-in-process\""),
        "M/policies/strict.toml:4:41: the finding code `module-in-process` is named twice\n    hint: remove one of them"
    );
}

// Without it a person would mend one mistake, run again, and meet the next.
#[test]
fn every_problem_of_every_file_is_told_at_once_in_order() {
    let printed = Manifests::good()
        .edit("components/demo.toml", "cgo = true", "cgo = 1\ncolour = \"red\"")
        .edit("components/demo.toml", "version = \"v1.2.3\"", "version = \"v1.2.4\"")
        .edit("components/demo.toml", "\"go-boringcrypto\"]", "\"go-fips\"]")
        .edit("components/demo.toml", "\"residual-crypto\"", "\"residual\"")
        .edit(PROFILE, "policy = \"strict\"", "policy = \"none\"\ncolour = \"red\"")
        .edit(POLICY, "\"no-crypto\"]", "\"green\"]")
        .edit("modules.toml", "9999", "0")
        .edit("toolchains.toml", "host = \"linux/amd64\"\nmodule", "host = \"linux/mips\"\nmodule")
        .problems();
    insta::assert_snapshot!(printed);
}

#[test]
fn a_broken_file_is_told_beside_the_mistakes_of_the_others() {
    let printed = Manifests::good()
        .write("policies/strict.toml", "name = \"strict\nsummary = [1,\naccept = [\"pass\"]")
        .edit(PROFILE, "\"1.0.0\"", "\"1\"")
        .problems();
    assert!(printed.starts_with("M/policies/strict.toml:1:15: "), "{printed}");
    assert!(
        printed.ends_with(
            "M/profiles/one.toml:3:11: `1` is not a profile version: it is written `1.0.0`"
        ),
        "{printed}"
    );
    assert!(
        !printed.contains("unknown policy"),
        "a policy that cannot be read is still known: {printed}"
    );
}

#[test]
fn a_folder_that_is_none_says_what_was_expected() {
    let printed = Manifests::good().remove("profiles").remove("modules.toml").problems();
    assert!(printed.contains("M/profiles:1:1: failed to read the folder: "), "{printed}");
    assert!(
        printed.contains("hint: `M` must be the `manifests` folder of a fipsmith repository"),
        "{printed}"
    );
    assert!(printed.contains("M/modules.toml:1:1: failed to read the file: "), "{printed}");
}

// Without it a machine could not point to the place in an editor.
#[test]
fn problems_are_data_before_they_are_text() {
    let error = Manifests::good().edit(PROFILE, "\"1.0.0\"", "\"1\"").load().unwrap_err();
    let problem = error.iter().next().unwrap();
    assert_eq!((problem.line, problem.column, problem.hint.as_deref()), (3, 11, None));
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(json[0]["message"], "`1` is not a profile version: it is written `1.0.0`");
}
