//! Findings, releases and verifications as text, SARIF and JUnit. Only this crate and the binaries' edges know what output looks
//! like; how anything was found is not known here.
//!
//! Text is written with ANSI colours; the edge prints it through `anstream`, which drops them where the stream is no
//! terminal, so that nothing is understandable by colour alone.

pub mod catalogue;
pub mod escape;
pub mod explain;
pub mod junit;
pub mod labels;
pub mod plural;
mod roots;
pub mod sarif;
pub mod scan;
mod style;
pub mod table;
pub mod verify;

pub use escape::escape;
