//! The catalogue that people choose from: profiles with their layers, packs, and scopes, each with its status icon. The word
//! always stands beside the icon, and the colour says nothing that the word does not.

use crate::{escape, style, table};
use catalog::{FipsSetting, LayerLabel, Problem, ScopeKind};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use vocab::{
    CertificateNumber, ComponentName, Date, Label, Layer, ModuleId, ModuleStatus, PackName,
    ProfileName, ScopeName,
};

/// Everything that is listed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// `fipsmith-catalog/1`.
    pub schema: &'static str,
    /// The day of the labels.
    pub as_of: Date,
    /// The day of the module registry.
    pub registry_date: Date,
    /// What the labels rest on.
    pub examined: Examined,
    /// The profiles, by name.
    pub profiles: Vec<ProfileEntry>,
    /// The packs, profile by profile.
    pub packs: Vec<PackEntry>,
    /// The scopes; none unless they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<ScopeList>,
}

/// How far releases were examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Examined {
    /// The seal over each manifest; no archive was read.
    Seals,
    /// Every byte of each release.
    Bytes,
}

/// A profile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileEntry {
    /// The profile.
    pub profile: ProfileName,
    /// Its version, with the number of our build.
    pub version: String,
    /// What it is for.
    pub summary: String,
    /// Its label.
    pub label: Label,
    /// The release folder, if there is one.
    pub release: Option<String>,
    /// Whether the release is signed with keys that everybody has.
    pub example_keys: bool,
    /// Why the release could not be believed, or is not there.
    pub reason: Option<String>,
    /// Its layers.
    pub layers: Vec<LayerLabel>,
}

/// A pack of a profile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PackEntry {
    /// The profile that it was released in.
    pub profile: ProfileName,
    /// The pack.
    pub pack: PackName,
    /// Its layer.
    pub layer: Option<Layer>,
    /// Its label.
    pub label: Label,
    /// What it is made of.
    pub components: Vec<ComponentEntry>,
}

/// A component of a pack.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentEntry {
    /// The component.
    pub component: ComponentName,
    /// Its version, as it is released or as its maker spells it.
    pub version: String,
    /// Its label.
    pub label: Label,
    /// The cryptographic modules inside.
    pub modules: Vec<ModuleEntry>,
    /// Why it has this label, where that is not its module.
    pub reasons: Vec<String>,
}

/// A cryptographic module inside a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleEntry {
    /// The registry's id.
    pub id: ModuleId,
    /// Name and version, as the registry has them.
    pub name: String,
    /// The certificate.
    pub certificate: Option<CertificateNumber>,
    /// What CMVP says of it on the day of the labels.
    pub status: ModuleStatus,
}

/// The scopes and what is wrong with them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeList {
    /// Each scope below the one it lies in.
    pub scopes: Vec<ScopeEntry>,
    /// Settings that are broken, each with its place and remedy.
    pub problems: Vec<Problem>,
}

/// A scope.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeEntry {
    /// How many scopes it lies in.
    pub depth: usize,
    /// Its name.
    pub name: ScopeName,
    /// What it is.
    pub kind: ScopeKind,
    /// The setting that holds for it.
    pub fips: FipsSetting,
    /// The scope whose setting that is, when it is another.
    pub inherited_from: Option<ScopeName>,
    /// The label of a cluster.
    pub label: Option<Label>,
    /// What a cluster is made from, or what a tenant allows.
    pub note: String,
}

/// The status icon of a label. The four are Palette VerteX's; a screen reader says their names, and the word follows anyway.
pub fn icon(label: Label) -> char {
    match label {
        Label::Full => '✔',
        Label::Partial => '◐',
        Label::Not => '✘',
        Label::Unknown => '?',
    }
}

/// The catalogue as text.
pub fn text(catalogue: &Catalogue) -> String {
    let Catalogue { as_of, registry_date, .. } = catalogue;
    let how = match catalogue.examined {
        Examined::Seals => "seals checked, archives not read (`--verify` reads every byte)",
        Examined::Bytes => "every byte of each release read and judged again",
    };
    let mut text = format!("as of {as_of}, module registry of {registry_date}; {how}\n");
    profiles(&mut text, &catalogue.profiles);
    packs(&mut text, &catalogue.packs);
    if catalogue.profiles.iter().any(|profile| profile.example_keys) {
        text.push_str("\nSIGNED WITH EXAMPLE KEYS: everybody has them, so nothing is known of who made these releases\n");
    }
    if let Some(list) = &catalogue.scopes {
        scopes(&mut text, list);
    }
    text
}

/// Rows whose first cell is a status, under a heading.
fn section(
    text: &mut String,
    heading: &str,
    header: &[&str],
    rows: Vec<(Option<Label>, Vec<String>)>,
) {
    let _ = writeln!(text, "\n{heading}");
    if rows.is_empty() {
        text.push_str("none\n");
        return;
    }
    let labels: Vec<Option<Label>> = rows.iter().map(|(label, _)| *label).collect();
    let status = |label: Option<Label>| label.map_or(String::new(), |l| format!("{} {l}", icon(l)));
    let header = std::iter::once("STATUS").chain(header.iter().copied()).map(str::to_owned);
    let cells: Vec<Vec<String>> = std::iter::once(header.collect())
        .chain(rows.into_iter().map(|(label, cells)| {
            std::iter::once(status(label)).chain(cells.iter().map(|cell| escape(cell))).collect()
        }))
        .collect();
    text.push_str(&table::table(&cells, |row, column, cell| {
        let label = row.checked_sub(1).and_then(|index| labels.get(index).copied().flatten());
        match label {
            Some(label) if column == 0 => style::in_colour(label, cell),
            _ => cell.to_owned(),
        }
    }));
}

fn profiles(text: &mut String, profiles: &[ProfileEntry]) {
    let rows = profiles.iter().flat_map(|profile| {
        let own = vec![
            profile.profile.to_string(),
            profile.version.clone(),
            profile.reason.clone().unwrap_or_else(|| profile.summary.clone()),
        ];
        let layers = profile.layers.iter().map(|of| {
            let name = of.layer.map_or("no layer", Layer::as_str);
            (Some(of.label), vec![format!("  {name}"), String::new(), String::new()])
        });
        std::iter::once((Some(profile.label), own)).chain(layers)
    });
    section(text, "PROFILES", &["PROFILE AND LAYERS", "VERSION", "WHAT IT IS"], rows.collect());
}

fn packs(text: &mut String, packs: &[PackEntry]) {
    let rows = packs.iter().map(|pack| {
        let parts = &pack.components;
        let joined = |of: BTreeSet<String>| of.into_iter().collect::<Vec<_>>().join(", ");
        let modules = || parts.iter().flat_map(|part| &part.modules);
        let several = parts.len() > 1;
        let reasons = parts.iter().filter_map(|part| {
            let first = part.reasons.first()?;
            Some(if several { format!("{}: {first}", part.component) } else { first.clone() })
        });
        let cells = vec![
            pack.pack.to_string(),
            joined(parts.iter().map(|part| part.version.clone()).collect()),
            pack.layer.map_or("-".to_owned(), |layer| layer.to_string()),
            pack.profile.to_string(),
            joined(modules().map(|module| module.name.clone()).collect()),
            joined(modules().map(certificate).collect()),
            reasons.collect::<Vec<_>>().join("; "),
        ];
        (Some(pack.label), cells)
    });
    let header = ["PACK", "VERSION", "LAYER", "PROFILE", "MODULE", "CERTIFICATE", "REASON"];
    section(text, "PACKS", &header, rows.collect());
}

fn certificate(module: &ModuleEntry) -> String {
    let number = module.certificate.map_or("none".to_owned(), |number| number.to_string());
    format!("{number} {}", module.status)
}

fn scopes(text: &mut String, list: &ScopeList) {
    let rows = list.scopes.iter().map(|scope| {
        let fips = match &scope.inherited_from {
            Some(from) => format!("{} (from {from})", scope.fips),
            None => scope.fips.to_string(),
        };
        let name = format!("{:indent$}{}", "", scope.name, indent = 2 * scope.depth);
        (scope.label, vec![name, scope.kind.to_string(), fips, scope.note.clone()])
    });
    section(text, "SCOPES", &["SCOPE", "KIND", "FIPS", "NOTE"], rows.collect());
    for problem in &list.problems {
        let _ = write!(text, "\n{problem}\n");
    }
    let count = crate::plural::count(list.problems.len(), "broken setting");
    let _ = writeln!(text, "\n{count}: {}", style::outcome(list.problems.is_empty()));
}
