//! `BUILDS.md`: the supported builds, the layers, what was not built, and one line for every artifact and every image, for
//! people.

mod sections;

use crate::{Artifact, Component, CryptoModule, Description, Image};
use std::fmt::Write as _;

/// Writes the table of a release as Markdown: component, repository, version, artifact, label, module, certificate,
/// status and sunset, with the dates that give these their meaning.
pub fn builds_table(description: &Description) -> String {
    let mut lines: Vec<String> = description
        .components
        .iter()
        .flat_map(|component| {
            component.artifacts.iter().map(|artifact| row(component, artifact, description))
        })
        .collect();
    lines.sort();
    let mut text = head(description);
    for line in lines {
        text.push_str(&line);
    }
    push_images(&mut text, description);
    text
}

/// The table of container images, where there are any.
fn push_images(text: &mut String, description: &Description) {
    let images = |component: &Component| component.images.clone().into_iter();
    let mut lines: Vec<String> =
        description.components.iter().flat_map(images).map(|image| image_row(&image)).collect();
    if lines.is_empty() {
        return;
    }
    lines.sort();
    text.push_str(
        "\n## Images\n\n| image | target | label | digest | file |\n|---|---|---|---|---|\n",
    );
    text.extend(lines);
}

fn image_row(image: &Image) -> String {
    format!(
        "| {}:{} | {} | {} | sha256:{} | {} |\n",
        image.name,
        cell(&image.tag),
        image.target,
        image.label,
        image.manifest_sha256,
        cell(&image.path)
    )
}

fn head(description: &Description) -> String {
    let Description {
        product,
        release,
        profile,
        profile_summary,
        label,
        policy,
        as_of,
        registry_date,
        ..
    } = description;
    let mut text =
        format!("# Builds of {} {}\n\n{}\n\n", cell(product), cell(release), cell(profile_summary));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "Profile `{profile}`: label **{label}** under policy `{policy}`, certificates as of {as_of}, module registry of {registry_date}."
    );
    if description.example_keys {
        text.push_str("\n**Signed with example keys, which anyone has: this release proves nothing about who made it.**\n");
    }
    sections::supported(&mut text, description);
    sections::layers(&mut text, description);
    sections::imported(&mut text, description);
    text.push_str(
        "\n## Programs\n\n| component | repository | version | artifact | label | module | certificate | status | sunset |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    text
}

fn row(component: &Component, artifact: &Artifact, description: &Description) -> String {
    let mut modules: Vec<_> = description
        .modules
        .iter()
        .filter(|m| artifact.modules.iter().any(|used| used.id == m.id))
        .collect();
    modules.sort_by(|a, b| a.id.cmp(&b.id));
    let column = |text: fn(&CryptoModule) -> String| match modules.as_slice() {
        [] => "-".to_owned(),
        list => list.iter().map(|module| cell(&text(module))).collect::<Vec<_>>().join("<br>"),
    };
    format!(
        "| {} | {} | {} | {} {} | {} ({}) | {} | {} | {} | {} |\n",
        component.name,
        component.repository.as_deref().map_or("-".to_owned(), cell),
        cell(&component.released),
        artifact.name,
        artifact.target,
        artifact.label,
        artifact.verdict,
        column(|module| format!("{} {}", module.name, module.version)),
        column(|module| module
            .certificate
            .map_or("none".to_owned(), |number| format!("[{number}]({})", number.url()))),
        column(|module| module.status.to_string()),
        column(|module| module.sunset.map_or("-".to_owned(), |date| date.to_string())),
    )
}

/// A text that can neither end its cell nor its line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ")
}
