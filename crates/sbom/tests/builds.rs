//! The table for people: exactly what `BUILDS.md` of a release looks like.

mod part;
mod sample;

use sbom::builds_table;
use vocab::{Label, Layer};

#[test]
fn the_table_of_a_release() {
    insta::assert_snapshot!(builds_table(&sample::release()));
}

#[test]
fn a_release_signed_with_real_keys_does_not_speak_of_example_keys() {
    let mut release = sample::release();
    release.example_keys = false;
    assert!(!builds_table(&release).contains("example keys"));
}

#[test]
fn a_text_cannot_add_a_column_or_a_row() {
    let mut release = sample::release();
    release.profile_summary = "a\n| forged |".to_owned();
    release.modules[0].name = "x | full |\ny".to_owned();
    let table = builds_table(&release);
    let builds = table.split("## Images").next().unwrap();
    let rows: Vec<_> = builds.lines().filter(|line| line.starts_with('|')).collect();
    // Three components and four programs, under a header and a rule each.
    assert_eq!(rows.len(), 2 + 3 + 2 + 4);
    for row in rows.iter().skip(2 + 3) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 10, "{row}");
    }
}

/// Without it a table would show only what somebody could build.
#[test]
fn layers_images_and_what_was_not_built_have_tables_of_their_own() {
    let mut release = sample::release();
    release.image_repository = Some("registry.example.mil/fips".to_owned());
    release.layers =
        vec![(Layer::OperatingSystem, Label::Unknown), (Layer::Kubernetes, Label::Full)];
    release.imported = vec![part::ubuntu()];
    release.label = Label::Partial;
    let table = builds_table(&release);
    let (tables, _) = table.split_once("## Programs").unwrap();
    insta::assert_snapshot!(tables);
}
