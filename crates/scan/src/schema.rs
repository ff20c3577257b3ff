//! The published schema of the scan's JSON, made from the types that write it.

use crate::ScanReport;
use schemars::generate::SchemaSettings;

/// The JSON schema (draft 2020-12) of `fipsmith-scan/1`: file name and text, as `docs/schemas/` holds it.
///
/// It lets fields be added, as the format does: a reader must not refuse what it does not know.
pub fn schema() -> (String, String) {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<ScanReport>();
    schema.insert("title".to_owned(), "fipsmith-scan/1".into());
    let text = serde_json::to_string_pretty(schema.as_value()).unwrap_or_default();
    ("fipsmith-scan-1.schema.json".to_owned(), text + "\n")
}
