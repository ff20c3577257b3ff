//! A scan through its public door: what opens the gate, and the format that is published.

mod rpm;
mod situation;
mod waivers;
