//! `fipsmith catalog`: profiles, packs and scopes, each with its status.

use crate::catalogue::{Reader, scopes};
use crate::flags::{CatalogFlags, Format};
use crate::input::Unusable;
use crate::{exit, print};
use catalog::Catalog;
use manifest::Options;
use report::catalogue::{Catalogue, Examined};
use std::process::ExitCode;
use vocab::Label;

impl CatalogFlags {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let catalog = Catalog::load(&self.root.join("manifests")).map_err(|problems| Unusable {
            message: problems.to_string(),
            hint: Some("`--root` names the repository with `manifests/`".to_owned()),
        })?;
        let registry = self.judging.registry()?;
        let policy = self.judging.policy.is_some().then(|| self.judging.policy("")).transpose()?;
        let dist = self.dist.clone().unwrap_or_else(|| self.root.join("dist"));
        let trust = super::trust(self.trust.as_deref())?;
        let reader = Reader {
            catalog: &catalog,
            dist: &dist,
            trust: &trust,
            options: Options {
                as_of: self.judging.date(),
                registry: &registry,
                policy: policy.as_ref(),
                allow_example_keys: self.allow_example_keys,
            },
            verify: self.verify,
        };
        let listed = reader.profiles()?;
        let scopes = self.scopes.then(|| scopes(&catalog, &listed));
        let refused = listed.iter().any(|listed| listed.refused);
        let broken = scopes.as_ref().is_some_and(|list| !list.problems.is_empty());
        let chosen = |label: Label| self.fips.is_none_or(|wanted| wanted == label);
        let catalogue = Catalogue {
            schema: "fipsmith-catalog/1",
            as_of: reader.options.as_of,
            registry_date: registry.date,
            examined: if self.verify { Examined::Bytes } else { Examined::Seals },
            profiles: listed
                .iter()
                .map(|listed| listed.entry.clone())
                .filter(|entry| chosen(entry.label))
                .collect(),
            packs: listed
                .iter()
                .flat_map(|listed| listed.packs.clone())
                .filter(|entry| chosen(entry.label))
                .collect(),
            scopes,
        };
        print::out(&match self.output.format {
            Format::Text => report::catalogue::text(&catalogue),
            Format::Json => super::json(&catalogue)?,
        });
        Ok(exit::of(!refused && !broken && !listed.is_empty()))
    }
}
