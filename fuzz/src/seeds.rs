//! Writes the inputs that each target begins with: `corpus/<target>/seed-<n>`.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    for (target, inputs) in fuzz::seeds() {
        let folder = Path::new("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (number, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), input)?;
        }
    }
    Ok(())
}
