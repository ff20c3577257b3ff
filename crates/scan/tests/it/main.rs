//! A scan through its public door: what opens the gate, and the format that is published.

mod situation;
mod waivers;
