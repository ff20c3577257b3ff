//! The plan as text.

use super::{Plan, Step};
use crate::workspace::short;
use std::fmt;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "profile {}: {} build steps", self.profile, self.steps.len())?;
        if let Some(go) = &self.go {
            writeln!(f, "toolchain {} ({})", go.version, go.h1)?;
        }
        if let Some(zig) = &self.zig {
            writeln!(f, "toolchain zig {} (sha256 {})", zig.version, zig.sha256)?;
        }
        if let Some(root) = &self.debian {
            let (name, count) = (&root.name, root.packages.len());
            writeln!(f, "toolchain {name}: {count} Debian packages (sha256 {})", root.digest())?;
        }
        if let Some(rust) = &self.rust {
            writeln!(f, "toolchain rust {} ({})", rust.version, rust.tree_h1)?;
        }
        for set in &self.packages {
            let (name, target, count) = (&set.name, set.target, set.packages().len());
            writeln!(f, "packages {name} {target}: {count} (sha256 {})", set.sha256)?;
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
        let names: Vec<_> = self.artifacts.iter().map(|file| file.path.as_str()).collect();
        writeln!(f, "  artifacts {}", names.join(" "))?;
        for need in self.needs() {
            let (name, digest) = (need.component(), short(need.digest()));
            writeln!(f, "  after     {name} {} (action {digest})", need.version())?;
        }
        writeln!(f, "  command   {}", self.action.arguments.join(" "))
    }
}
