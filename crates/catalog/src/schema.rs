//! The JSON schemas of the files in `manifests/`, for editors.

use crate::policy::RawPolicy;
use crate::profile::RawProfile;
use crate::raw::{RawFile, schema_of};
use crate::recipe::RawRecipe;
use crate::registry::RawRegistry;
use crate::toolchains::RawToolchains;
use std::collections::BTreeMap;

/// Every schema by file name, as `manifests/schemas/` holds it: `component.schema.json` and so on.
pub fn schemas() -> BTreeMap<String, String> {
    BTreeMap::from([
        entry::<RawRecipe>(),
        entry::<RawProfile>(),
        entry::<RawPolicy>(),
        entry::<RawRegistry>(),
        entry::<RawToolchains>(),
    ])
}

fn entry<R: RawFile>() -> (String, String) {
    (format!("{}.schema.json", R::SCHEMA), format!("{:#}\n", schema_of::<R>()))
}
