//! What the registry and the toolchains must be. Without a test here, a wrong row would turn labels.

use crate::manifests::{Manifests, spoiled};

const FILE: &str = "modules.toml";

fn one(from: &str, to: &str, expected: &str) {
    assert_eq!(spoiled(FILE, from, to), format!("M/modules.toml:{expected}"));
}

#[test]
fn an_id_stands_once() {
    let second = "\n[[modules]]\nid = \"demo-module\"\nname = \"Other\"\nversion = \"2\"\nvendor = \"Example Inc.\"\nlinkage = \"static\"\nstandard = \"FIPS 140-3\"\nconfidence = \"unsourced\"\n\n[[modules]]\n";
    one(
        "\n[[modules]]\n",
        second,
        "13:6: the module id `demo-module` is named twice\n    hint: remove one of them",
    );
}

#[test]
fn a_row_without_a_source_says_so() {
    let source = "[[modules.sources]]\nwhat = \"example.org/issue/1\"\nnote = \"the certificate and its two dates\"\n";
    one(
        source,
        "",
        "14:14: `demo-module` names no source, and its confidence is not `unsourced`\n    hint: add `[[modules.sources]]`, or say `unsourced`",
    );
}

#[test]
fn dates_are_dates_and_sane() {
    one(
        "2029-07-10",
        "2029-13-01",
        "13:10: `2029-13-01` is not a date: it is written `2026-11-21`",
    );
    one(
        "2029-07-10",
        "2029-07-10T00:00:00",
        "13:10: `2029-07-10T00:00:00` is not a date: it is written `2026-11-21`",
    );
    one(
        "2029-07-10",
        "2024-07-11",
        "13:10: sunset on 2024-07-11, not after the issue on 2024-07-11",
    );
    one(
        "2029-07-10",
        "2029-07-12",
        "13:10: sunset on 2029-07-12, more than 5 years after the issue on 2024-07-11",
    );
    one(
        "sunset = \"2029-07-10\"",
        "sunset = \"2029-07-10\"\ninterim = true",
        "13:10: sunset on 2029-07-10, more than 2 years after the issue on 2024-07-11",
    );
    one(
        "issued = \"2024-07-11\"",
        "issued = \"2026-11-21\"",
        "12:10: issued on 2026-11-21, after the registry's own date 2026-11-20",
    );
    one(
        "FIPS 140-3",
        "FIPS 140-2",
        "13:10: no FIPS 140-2 certificate is active after 2026-09-21\n    hint: write `sunset = \"2026-09-21\"` or earlier",
    );
}

#[test]
fn a_certificate_and_the_list_of_the_waiting_exclude_each_other() {
    one(
        "certificate = 9999",
        "certificate = 9999\nin-process = true",
        "4:6: `demo-module` has a certificate and is in process: it is one or the other",
    );
    one(
        "certificate = 9999",
        "interim = true",
        "4:6: `demo-module` is interim without a certificate\n\
         M/modules.toml:12:10: `demo-module` has a date of a certificate and no certificate\n\
         M/modules.toml:13:10: `demo-module` has a date of a certificate and no certificate\n\
         M/modules.toml:13:10: sunset on 2029-07-10, more than 2 years after the issue on 2024-07-11",
    );
}

#[test]
fn words_numbers_and_digests_are_checked() {
    one(
        "\"static\"",
        "\"stattic\"",
        "8:11: unknown linkage `stattic`; it is one of `static`, `dynamic`, `source`\n    hint: did you mean `static`?",
    );
    one(
        "FIPS 140-3",
        "FIPS 140",
        "9:12: unknown standard `FIPS 140`; it is one of `FIPS 140-2`, `FIPS 140-3`\n    hint: did you mean `FIPS 140-2`?",
    );
    one("level = 1", "level = 5", "10:9: `level` takes a whole number from 1 to 4");
    one("9999", "100000", "11:15: `certificate` takes a whole number from 1 to 99999");
    one("753545", "8", "30:14: `run-length` takes a whole number from 4096 to 16777216");
    one(
        "\"daf3",
        "\"DAF3",
        "23:14: `DAF3614e0406f67ae6323c902db3f953a1effb199142362a039e7526dfb9368b` is not a sha256 digest: it takes 64 lower-case hex digits",
    );
    one(
        "h1:Yaps",
        "h2:Yaps",
        "24:10: `h2:YapsF69QWGwygaBqdI0rp7IfE5a6tAwepNAHONVcWqQ=` is not a Go h1 sum: it is `h1:` and 44 characters of base64, as in go.sum",
    );
    one(
        "4989f74889fbe8c8840b008b40044889",
        "4989",
        "32:14: `4989` is not a prefix: it takes 16 to 64 bytes in lower-case hex",
    );
}

#[test]
fn toolchains_agree_with_themselves() {
    let printed =
        spoiled("toolchains.toml", "default-go = \"go1.27.4\"", "default-go = \"go1.27.3\"");
    assert_eq!(printed, "M/toolchains.toml:1:14: the default `go1.27.3` is not among `[[go]]`");
    let printed = spoiled("toolchains.toml", "default-zig = \"0.17.1\"", "default-zig = \"0.17\"");
    assert_eq!(printed, "M/toolchains.toml:2:15: the default `0.17` is not among `[[zig]]`");
    let printed =
        spoiled("toolchains.toml", "v0.0.1-go1.27.4.linux-amd64", "v0.0.1-go1.27.3.linux-amd64");
    assert_eq!(
        printed,
        "M/toolchains.toml:7:10: `golang.org/toolchain@v0.0.1-go1.27.3.linux-amd64` is not the module of this release for this host\n    \
         hint: it is `golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64`"
    );
    let printed = spoiled("toolchains.toml", "tree-h1 = \"h1:8Tl", "tree-h1 = \"h1:9Tl");
    assert_eq!(
        printed,
        "M/toolchains.toml:10:11: the sum of the unpacked tree differs from the module's sum"
    );
}

/// A later version of the demo module, with these lines more.
fn update(lines: &str) -> String {
    format!(
        "[[modules]]\nid = \"demo-module-2\"\nname = \"Demo Module\"\nversion = \"2\"\nvendor = \"Example Inc.\"\n\
         linkage = \"static\"\nstandard = \"FIPS 140-3\"\nconfidence = \"unsourced\"\n{lines}\n"
    )
}

fn with_update(lines: &str) -> Manifests {
    let good = Manifests::good();
    good.edit(
        "modules.toml",
        "date = \"2026-11-20\"\n",
        &format!("date = \"2026-11-20\"\n{}", update(lines)),
    )
}

// Without it any version of anything could call itself an update of a validated module.
#[test]
fn an_update_stream_leads_to_a_certificate_of_the_same_vendor_and_linkage() {
    with_update("update-stream-of = \"demo-module\"").load().unwrap();
    for (lines, message) in [
        ("update-stream-of = \"demo\"", "no module has the id `demo`"),
        (
            "update-stream-of = \"demo-module-2\"",
            "`demo-module-2` has no certificate, so nothing is an update of it",
        ),
        (
            "certificate = 1\nupdate-stream-of = \"demo-module\"",
            "`demo-module-2` has a certificate of its own and is no update stream",
        ),
    ] {
        let printed = with_update(lines).problems();
        assert!(printed.contains(message), "{printed}");
    }
    let other = with_update("update-stream-of = \"demo-module\"").edit(
        "modules.toml",
        "linkage = \"static\"\nstandard = \"FIPS 140-3\"\nlevel",
        "linkage = \"dynamic\"\nstandard = \"FIPS 140-3\"\nlevel",
    );
    assert!(other.problems().contains("`demo-module` is of another vendor or linkage"));
}
