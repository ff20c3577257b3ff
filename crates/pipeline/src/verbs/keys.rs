//! `keys`: make signing keys, or check that they can sign.

use crate::edge;
use crate::flags::{KeyFolder, Keys};
use crate::keys;
use manifest::{Role, Trust};
use seal::KeyRing;
use std::process::ExitCode;

impl Keys {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::New(flags) => new(&flags),
            Self::Check(flags) => check(&flags),
        }
    }
}

fn new(flags: &KeyFolder) -> anyhow::Result<ExitCode> {
    let passphrase = keys::fresh(&flags.passphrase, &flags.folder)?;
    edge::say("making two RSA-4096 keys");
    let trust =
        seal::generate(&flags.folder, &passphrase).map_err(|error| keys::refused(&error))?;
    list(flags, &trust);
    edge::say(
        "\ngive `seal.pub` and `artifact.pub` to whoever verifies your releases, by a way they trust",
    );
    Ok(ExitCode::SUCCESS)
}

fn check(flags: &KeyFolder) -> anyhow::Result<ExitCode> {
    let passphrase = keys::existing(&flags.passphrase, &flags.folder)?;
    let ring = KeyRing::load(&flags.folder, &passphrase).map_err(|error| keys::refused(&error))?;
    list(flags, ring.trust());
    Ok(ExitCode::SUCCESS)
}

fn list(flags: &KeyFolder, trust: &Trust) {
    for role in Role::ALL {
        edge::out(&format!(
            "{role:<8}  {}  {}\n",
            trust.key(role).id(),
            flags.folder.join(format!("{role}.pub"))
        ));
    }
}
