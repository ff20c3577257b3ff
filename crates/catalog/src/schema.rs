//! The JSON schemas of the files in `manifests/`, for editors.

use crate::KnownCode;
use crate::debian::RawDebian;
use crate::packages::RawPackageSet;
use crate::policy::RawPolicy;
use crate::profile::RawProfile;
use crate::raw::{RawFile, schema_of};
use crate::recipe::RawRecipe;
use crate::registry::RawRegistry;
use crate::scope::{RawRecord, RawScope};
use crate::toolchains::RawToolchains;
use crate::waiver::RawWaivers;
use std::collections::BTreeMap;

/// Every schema by file name, as `manifests/schemas/` holds it: `component.schema.json` and so on.
pub fn schemas() -> BTreeMap<String, String> {
    BTreeMap::from([
        entry::<RawRecipe>(),
        entry::<RawProfile>(),
        entry::<RawPolicy>(),
        entry::<RawRegistry>(),
        entry::<RawToolchains>(),
        entry::<RawDebian>(),
        entry::<RawPackageSet>(),
        entry::<RawScope>(),
        entry::<RawRecord>(),
    ])
}

/// The schema of a file of waivers, for editors: `codes` are the finding codes there are.
pub fn waivers_schema(codes: &[KnownCode]) -> (String, String) {
    written::<RawWaivers>(codes)
}

fn entry<R: RawFile>() -> (String, String) {
    written::<R>(&[])
}

fn written<R: RawFile>(codes: &[KnownCode]) -> (String, String) {
    (format!("{}.schema.json", R::SCHEMA), format!("{:#}\n", schema_of::<R>(codes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::check_of;
    use serde_json::Value;

    const KNOWN: KnownCode = KnownCode { code: "residual-crypto", unwaivable: None };

    /// The keywords and formats of a schema that nobody judges.
    fn not_judged(schema: &Value) -> Vec<String> {
        let judged = ["type", "required", "minItems", "minimum", "maximum", "enum"];
        let said = ["$schema", "title", "description", "default"];
        let mut found = Vec::new();
        for (key, value) in schema.as_object().into_iter().flatten() {
            match key.as_str() {
                "properties" => value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, v)| found.extend(not_judged(v))),
                "items" | "additionalProperties" => found.extend(not_judged(value)),
                "format"
                    if schema["type"] == "integer"
                        || value.as_str().and_then(check_of).is_some() => {}
                known if judged.contains(&known) || said.contains(&known) => {}
                _ => found.push(format!("{key}: {value}")),
            }
        }
        found
    }

    // Without it an editor would show a rule that fipsmith does not hold anyone to.
    #[test]
    fn every_rule_of_every_schema_is_judged() {
        for (name, text) in schemas().into_iter().chain([waivers_schema(&[KNOWN])]) {
            let schema: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(not_judged(&schema), Vec::<String>::new(), "{name}");
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }
}
