//! A profile's labels: of each pack, of each layer, of all of it, from the verdicts of what it is made of.

use super::Profile;
use crate::Imported;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{ComponentName, Label, Layer, PackName, Verdict};

/// The labels of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileLabels {
    /// Of all of it.
    pub label: Label,
    /// Of each layer that it has something in, from the machine up; what stands in no layer comes last.
    pub layers: Vec<LayerLabel>,
    /// Of each pack, layer by layer, then by name.
    pub packs: Vec<PackLabel>,
}

/// The label of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerLabel {
    /// The layer; none for packs that stand in no layer.
    pub layer: Option<Layer>,
    /// Its label.
    pub label: Label,
}

/// The label of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackLabel {
    /// The pack.
    pub pack: PackName,
    /// Its layer.
    pub layer: Option<Layer>,
    /// Its label.
    pub label: Label,
}

/// The layer that members stand in, and their verdicts.
type Members = (Option<Layer>, Vec<Verdict>);

impl ProfileLabels {
    /// Rolls up verdicts by the one rule of [`Label::of_verdicts`]. A member without any verdict counts as undetermined, and so
    /// does everything imported: what nobody has looked at never helps a label.
    pub fn of<'a>(
        profile: &Profile,
        imported: &[Imported],
        verdicts: impl IntoIterator<Item = (&'a ComponentName, Verdict)>,
    ) -> Self {
        let mut found: BTreeMap<&ComponentName, Vec<Verdict>> = BTreeMap::new();
        for (component, verdict) in verdicts {
            found.entry(component).or_default().push(verdict);
        }
        let left_out = |name: &ComponentName| imported.iter().any(|part| part.component == *name);
        let members = profile.components.iter().filter(|member| !left_out(&member.component));
        let mut packs: BTreeMap<(usize, &PackName), Members> = BTreeMap::new();
        for member in members {
            let of = found.get(&member.component).cloned();
            let (_, pack) = packs
                .entry((rank(member.layer), &member.pack))
                .or_insert((member.layer, Vec::new()));
            pack.extend(of.unwrap_or(vec![Verdict::Undetermined]));
        }
        for part in imported {
            let (_, pack) =
                packs.entry((rank(part.layer), &part.pack)).or_insert((part.layer, Vec::new()));
            pack.push(Imported::VERDICT);
        }
        let mut layers: BTreeMap<usize, Members> = BTreeMap::new();
        for ((rank, _), (layer, verdicts)) in &packs {
            let (_, of) = layers.entry(*rank).or_insert((*layer, Vec::new()));
            of.extend(verdicts);
        }
        Self {
            label: Label::of_verdicts(packs.values().flat_map(|(_, verdicts)| verdicts).copied()),
            layers: layers
                .into_values()
                .map(|(layer, of)| LayerLabel { layer, label: Label::of_verdicts(of) })
                .collect(),
            packs: packs
                .into_iter()
                .map(|((_, pack), (layer, of))| PackLabel {
                    pack: pack.clone(),
                    layer,
                    label: Label::of_verdicts(of),
                })
                .collect(),
        }
    }

    /// The label of a layer; `unknown` of one that has nothing in it, because then nothing is known of it.
    pub fn layer(&self, layer: Layer) -> Label {
        let found = self.layers.iter().find(|entry| entry.layer == Some(layer));
        found.map_or(Label::Unknown, |entry| entry.label)
    }
}

/// From the machine up, what stands in no layer last.
fn rank(layer: Option<Layer>) -> usize {
    let all = Layer::ALL;
    layer.and_then(|layer| all.iter().position(|one| *one == layer)).unwrap_or(all.len())
}
