//! `docker save` archives (Docker image specification 1.2): `manifest.json` lists configurations and layers by path.

use super::{Config, Image, Images, MANY, Store, json, layer, tell_apart};
use crate::limits::{Gauge, Problem};
use crate::tree::Tree;
use serde::Deserialize;
use vocab::Sha256;

/// One image of `manifest.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

/// Nothing when `manifest.json` is another program's.
pub(super) fn read(store: &Store, gauge: &Gauge) -> Option<Images> {
    let blob = store.get("manifest.json").ok()?;
    let items: Vec<Item> = json(&blob, "`manifest.json`").ok()?;
    if items.is_empty() {
        return None;
    }
    let mut images = Images::default();
    if items.len() > MANY {
        images.problems.push(Problem::Limit { what: "images in an archive", most: MANY as u64 });
    }
    for item in items.iter().take(MANY) {
        match image(store, item, gauge) {
            Ok(image) => images.images.push(image),
            Err(problem) => images.problems.push(problem),
        }
    }
    tell_apart(&mut images.images);
    Some(images)
}

fn image(store: &Store, item: &Item, gauge: &Gauge) -> Result<Image, Problem> {
    if item.layers.len() > MANY {
        return Err(Problem::Limit { what: "layers in an image", most: MANY as u64 });
    }
    let blob = store.get(&item.config)?;
    let digest = blob.sha256()?;
    let config: Config = json(&blob, "the configuration")?;
    let mut problems = Vec::new();
    // The image's id is the digest of its configuration, which is also the file's name.
    let base = item.config.rsplit('/').next().unwrap_or_default();
    let stated: Option<Sha256> = base.trim_end_matches(".json").parse().ok();
    if stated.is_some_and(|stated| stated != digest) {
        let why = format!("the configuration `{}` has SHA-256 {digest}", item.config);
        problems.push(Problem::Damaged(why));
    }
    if config.rootfs.diff_ids.len() != item.layers.len() {
        let why = "the configuration and `manifest.json` list different numbers of layers";
        problems.push(Problem::Damaged(why.to_owned()));
    }
    let mut archives = Vec::new();
    for (at, path) in item.layers.iter().enumerate() {
        match store.get(path).and_then(|blob| layer(blob, path, config.diff(at), gauge)) {
            Ok(archive) => archives.push(archive),
            Err(problem) => problems.push(problem),
        }
    }
    let mut tree = Tree::of(archives, true, gauge);
    for problem in problems {
        tree.problem(problem);
    }
    let tag = item.repo_tags.iter().flatten().next();
    let name = tag.cloned().unwrap_or_else(|| config.platform());
    Ok(Image { name, digest, tree, environment: config.environment() })
}
