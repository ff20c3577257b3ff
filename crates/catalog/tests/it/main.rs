//! The catalogue through its public door: real and spoiled `manifests/` folders, and the exact words people read.

mod hostile;
mod images;
mod manifests;
mod packages;
mod packs;
mod profiles_and_policies;
mod real;
mod recipes;
mod registries;
mod rust;
mod scopes;
mod waivers;
