//! The catalogue through its public door: real and spoiled `manifests/` folders, and the exact words people read.

mod hostile;
mod manifests;
mod packs;
mod profiles_and_policies;
mod real;
mod recipes;
mod registries;
mod scopes;
mod waivers;
