//! The table for people: exactly what `BUILDS.md` of a release looks like.

mod sample;

use sbom::builds_table;

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
    assert_eq!(rows.len(), 2 + 4);
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 10, "{row}");
    }
}
