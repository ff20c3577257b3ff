//! `schema`: the JSON schemas of the manifests, made from the types that read them.

use crate::edge::{self, Stop};
use crate::flags::Schema;
use std::process::ExitCode;

/// Largest schema that is read, in bytes.
const LARGEST: u64 = 1 << 20;

impl Schema {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let folder = self.root.join("manifests/schemas");
        let mut stale = Vec::new();
        for (name, text) in catalog::schemas() {
            let path = folder.join(&name);
            if files::read_text(&path, LARGEST).ok().as_deref() == Some(&text) {
                continue;
            }
            if self.check {
                stale.push(path.to_string());
            } else {
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
