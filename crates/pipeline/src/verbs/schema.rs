//! `schema`: the JSON schemas of the manifests and of the formats we publish, made from the types that read and write them.

use crate::edge::{self, Stop};
use crate::flags::Schema;
use std::process::ExitCode;

/// Largest schema that is read, in bytes.
const LARGEST: u64 = 1 << 20;

impl Schema {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut stale = Vec::new();
        for (place, text) in schemas() {
            let path = self.root.join(place);
            if files::read_text(&path, LARGEST).ok().as_deref() == Some(&text) {
                continue;
            }
            if self.check {
                stale.push(path.to_string());
            } else {
                path.parent().map(files::create_dir_all).transpose()?;
                files::write(&path, text.as_bytes(), files::Mode::Plain)?;
                edge::say(&format!("wrote {path}"));
            }
        }
        if stale.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        Err(Stop::failed(
            format!("out of date: {}", stale.join(", ")),
            Some("run `cargo xtask schema`".to_owned()),
        )
        .into())
    }
}

/// Every schema with its place in the repository: for editors beside the manifests, for strangers in `docs/`.
fn schemas() -> Vec<(String, String)> {
    let below = |folder: &'static str| {
        move |(name, text): (String, String)| (format!("{folder}/{name}"), text)
    };
    let waivers = catalog::waivers_schema(&scan::rules::known_codes());
    catalog::schemas()
        .into_iter()
        .chain([waivers])
        .map(below("manifests/schemas"))
        .chain([scan::schema()].map(below("docs/schemas")))
        .collect()
}
