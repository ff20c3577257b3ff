//! The plan as text.

use super::{Plan, Step};
use crate::workspace::short;
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "profile {}: {} build steps", self.profile, self.steps.len())?;
        writeln!(f, "toolchain {} ({})", self.go.version, self.go.h1)?;
        if let Some(zig) = &self.zig {
            writeln!(f, "toolchain zig {} (sha256 {})", zig.version, zig.sha256)?;
        }
        self.steps.iter().try_for_each(|step| write!(f, "\n{step}"))?;
        self.imported.iter().try_for_each(|part| {
            write!(
                f,
                "\n{} {} imported, unknown\n  {}\n",
                part.component, part.version, part.reason
            )
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} {} {}", self.component, self.version, self.target, self.backend)?;
        writeln!(f, "  action    {}", short(&self.digest))?;
        let names: Vec<_> = self.artifacts.iter().map(|(_, name)| name.as_str()).collect();
        writeln!(f, "  artifacts {}", names.join(" "))?;
        writeln!(f, "  command   {}", self.action.arguments.join(" "))
    }
}
