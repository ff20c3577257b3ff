//! Whom a verifier believes: one public key per role, given by the caller and never read from the release.

use crate::key::{BadKey, KeyId, PublicKey, Role};
use camino::{Utf8Path, Utf8PathBuf};

/// A public key file is at most this long, in bytes; an RSA-4096 key has 800.
const LONGEST_KEY_FILE: u64 = 16 * 1024;

/// The public example keys. Their private halves are in the repository: whoever has fipsmith can sign with them.
const EXAMPLE_ARTIFACT: &str = include_str!("../../../keys.example/artifact.pub");
const EXAMPLE_SEAL: &str = include_str!("../../../keys.example/seal.pub");

/// Why a set of keys cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file could not be read.
    #[error("failed to read the {role} public key")]
    Unreadable {
        /// Which key.
        role: Role,
        /// What went wrong.
        #[source]
        source: files::FileError,
    },
    /// The file is not a key we take.
    #[error("the {role} public key `{path}` cannot be used")]
    BadKey {
        /// Which key.
        role: Role,
        /// Its file.
        path: Utf8PathBuf,
        /// What is wrong with it.
        #[source]
        source: BadKey,
    },
    /// One key in two roles: a signature over a file could then pass for a seal.
    #[error("the artifact key and the seal key are the same key")]
    SameKey,
}

impl TrustError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable { .. } => Some(
                "a trust folder holds `artifact.pub` and `seal.pub`, received from the signer by another way than the release",
            ),
            Self::BadKey { .. } => Some("make a pair of keys with `cargo xtask keys new <folder>`"),
            Self::SameKey => {
                Some("each role has its own key: make two with `cargo xtask keys new <folder>`")
            }
        }
    }
}

/// The keys a verifier trusts: one for each role, threshold 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    artifact: PublicKey,
    seal: PublicKey,
}

impl Trust {
    /// Trusts these two keys, which must differ. Keys are compared as keys, not by their ids.
    pub fn new(artifact: PublicKey, seal: PublicKey) -> Result<Self, TrustError> {
        if artifact.pem() == seal.pem() {
            Err(TrustError::SameKey)
        } else {
            Ok(Self { artifact, seal })
        }
    }

    /// Trusts the keys `artifact.pub` and `seal.pub` of a folder.
    pub fn load(folder: &Utf8Path) -> Result<Self, TrustError> {
        Self::new(load(folder, Role::Artifact)?, load(folder, Role::Seal)?)
    }

    /// The example keys, for releases that are demos. Verification still refuses them unless it is told otherwise.
    pub fn example() -> Result<Self, TrustError> {
        let parse = |role, text| {
            PublicKey::from_pem(text).map_err(|source| TrustError::BadKey {
                role,
                path: role.public_file().into(),
                source,
            })
        };
        Self::new(parse(Role::Artifact, EXAMPLE_ARTIFACT)?, parse(Role::Seal, EXAMPLE_SEAL)?)
    }

    /// The key of a role.
    pub fn key(&self, role: Role) -> &PublicKey {
        match role {
            Role::Artifact => &self.artifact,
            Role::Seal => &self.seal,
        }
    }

    /// Whether one of the keys is an example key, in whichever role it stands.
    pub fn has_example_key(&self) -> bool {
        Role::ALL.into_iter().any(|role| is_example_key(self.key(role)))
    }
}

/// Whether this is one of the example keys, whose private halves everybody has.
pub fn is_example_key(key: &PublicKey) -> bool {
    // The normal PEM spelling of a key is unique, so equal text is the same key.
    [EXAMPLE_ARTIFACT, EXAMPLE_SEAL].iter().any(|example| example.trim() == key.pem().trim())
}

/// Whether this is the id of an example key.
pub(crate) fn is_example_id(id: &KeyId) -> bool {
    Trust::example()
        .is_ok_and(|example| Role::ALL.into_iter().any(|role| example.key(role).id() == id))
}

fn load(folder: &Utf8Path, role: Role) -> Result<PublicKey, TrustError> {
    let path = folder.join(role.public_file());
    let text = files::read_text(&path, LONGEST_KEY_FILE)
        .map_err(|source| TrustError::Unreadable { role, source })?;
    PublicKey::from_pem(&text).map_err(|source| TrustError::BadKey { role, path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_keys_are_known_also_when_they_swap_roles() {
        let example = Trust::example().unwrap();
        let swapped =
            Trust::new(example.key(Role::Seal).clone(), example.key(Role::Artifact).clone())
                .unwrap();
        assert!(example.has_example_key() && swapped.has_example_key());
    }

    #[test]
    fn one_key_in_two_roles_is_refused() {
        let key = PublicKey::from_pem(EXAMPLE_SEAL).unwrap();
        assert!(matches!(Trust::new(key.clone(), key), Err(TrustError::SameKey)));
    }
}
