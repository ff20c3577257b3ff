//! A folder of keys: `artifact.key.pem` and `seal.key.pem`, encrypted and readable by their owner only, each with its
//! `.pub` beside it.

use crate::Passphrase;
use crate::encrypted::{self, Refused};
use crate::signer::{ArtifactKey, PrivateKey, SealKey};
use camino::{Utf8Path, Utf8PathBuf};
use crypto::rsa;
use manifest::{BadKey, KEY_BITS, PublicKey, Role, Trust, TrustError, is_example_key};
use std::os::unix::fs::MetadataExt as _;
use zeroize::Zeroizing;

/// The passphrase of `keys.example/`, which everybody knows.
pub const EXAMPLE_PASSPHRASE: &str = "example";

/// A key file is at most this long, in bytes; an encrypted RSA-4096 key has 3.5 kB.
const LONGEST_KEY_FILE: u64 = 64 * 1024;

/// The permission bits of a private key's file.
const PRIVATE_MODE: u32 = 0o600;

/// Why a folder of keys cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// A symlink: what it points at can change.
    #[error("`{path}` is a symlink, and a private key is read from a regular file only")]
    Symlink {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Others can read the key.
    #[error("`{path}` has mode {mode:04o}, and a private key has mode 0600")]
    Mode {
        /// The file.
        path: Utf8PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Somebody else owns the key.
    #[error(
        "`{path}` belongs to user {owner}, and a private key belongs to the user who signs, {user}"
    )]
    Owner {
        /// The file.
        path: Utf8PathBuf,
        /// Its owner.
        owner: u32,
        /// Who asks.
        user: u32,
    },
    /// The file is no key we take.
    #[error("the private key `{path}` cannot be used")]
    Refused {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: Refused,
    },
    /// The key has the wrong size or exponent.
    #[error("the key `{path}` cannot be used")]
    BadKey {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: BadKey,
    },
    /// The two halves do not belong together.
    #[error("`{path}` is not the private half of `{public}`")]
    Mismatch {
        /// The private key's file.
        path: Utf8PathBuf,
        /// The public key's file.
        public: Utf8PathBuf,
    },
    /// The keys cannot be trusted together.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A key stands where one would be written.
    #[error("`{path}` exists, and a key is never overwritten")]
    Exists {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A new key could not be made.
    #[error("no key could be generated")]
    Generate(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl KeyError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Mode { path, .. } => Some(format!("chmod 600 {path}")),
            Self::Owner { path, user, .. } => Some(format!("chown {user} {path}")),
            Self::Symlink { .. } => Some("name the folder that the key really is in".to_owned()),
            Self::Refused { source: Refused::NotRsa | Refused::NotPkcs8, .. }
            | Self::BadKey { .. } => Some(NEW_KEYS.to_owned()),
            Self::Refused { source: Refused::WrongPassphrase, .. }
            | Self::File(_)
            | Self::Mismatch { .. }
            | Self::Generate(_) => None,
            Self::Refused { path, .. } => Some(format!(
                "encrypt it again with an `openssl` whose `pkcs8` knows `-saltlen`: openssl pkcs8 -topk8 -in {path} -v2 \
                 aes-256-cbc -v2prf hmacWithSHA256 -iter 600000 -saltlen 16; or {NEW_KEYS}"
            )),
            Self::Trust(error) => error.hint().map(str::to_owned),
            Self::Exists { .. } => Some("name another folder".to_owned()),
        }
    }
}

const NEW_KEYS: &str = "make a pair of keys with `cargo xtask keys new <folder>`";

/// Both private keys, opened.
#[derive(Debug)]
pub struct KeyRing {
    artifact: ArtifactKey,
    seal: SealKey,
    trust: Trust,
}

impl KeyRing {
    /// Opens both keys of a folder.
    pub fn load(folder: &Utf8Path, passphrase: &Passphrase) -> Result<Self, KeyError> {
        let trust = Trust::load(folder)?;
        let artifact =
            ArtifactKey(load(folder, Role::Artifact, trust.key(Role::Artifact), passphrase)?);
        let seal = SealKey(load(folder, Role::Seal, trust.key(Role::Seal), passphrase)?);
        Ok(Self { artifact, seal, trust })
    }

    /// The key that signs binaries.
    pub fn artifact(&self) -> &ArtifactKey {
        &self.artifact
    }
    /// The key that signs manifests.
    pub fn seal(&self) -> &SealKey {
        &self.seal
    }
    /// The public halves, as a verifier needs them.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }
}

/// The file of a role's private key.
pub fn private_file(role: Role) -> String {
    format!("{role}.key.pem")
}

/// Makes both keys in a folder, which must not hold keys yet, and gives their public halves back. Takes seconds.
pub fn generate(folder: &Utf8Path, passphrase: &Passphrase) -> Result<Trust, KeyError> {
    for name in
        Role::ALL.into_iter().flat_map(|role| [private_file(role), role.public_file().to_owned()])
    {
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(KeyError::Exists { path });
        }
    }
    for role in Role::ALL {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| KeyError::Generate(error);
        let key = rsa::PrivateKey::generate(KEY_BITS).map_err(|error| failed(error.into()))?;
        let pem = encrypted::write(&key, passphrase).map_err(|error| failed(error.into()))?;
        let public = PublicKey::new(key.public().clone()).map_err(|error| failed(error.into()))?;
        files::write_private(&folder.join(private_file(role)), pem.as_bytes())?;
        files::write(
            &folder.join(role.public_file()),
            public.pem().as_bytes(),
            files::Mode::Plain,
        )?;
    }
    Ok(Trust::load(folder)?)
}

fn load(
    folder: &Utf8Path,
    role: Role,
    public: &PublicKey,
    passphrase: &Passphrase,
) -> Result<PrivateKey, KeyError> {
    let path = folder.join(private_file(role));
    let pem = read(&path, is_example_key(public))?;
    let key = encrypted::read(&pem, passphrase)
        .map_err(|source| KeyError::Refused { path: path.clone(), source })?;
    let key =
        PrivateKey::new(key).map_err(|source| KeyError::BadKey { path: path.clone(), source })?;
    if key.public() == public {
        Ok(key)
    } else {
        Err(KeyError::Mismatch { path, public: folder.join(role.public_file()) })
    }
}

/// Reads a private key's file with ssh's rules: a regular file, owned by the user, mode 0600. The example keys are
/// known by their public half and are no secret, and git does not keep mode 0600, so for them owner and mode do not
/// count; a private key that does not belong to that public half is refused afterwards.
fn read(path: &Utf8Path, example: bool) -> Result<Zeroizing<String>, KeyError> {
    let named = path.symlink_metadata().map_err(|source| {
        let message = format!("failed to read the private key `{path}`: {source}");
        files::FileError::from(std::io::Error::new(source.kind(), message))
    })?;
    if named.is_symlink() {
        return Err(KeyError::Symlink { path: path.to_owned() });
    }
    let (bytes, opened) = files::read_with_metadata(path, LONGEST_KEY_FILE)?;
    // Between the look and the opening the name may have come to mean another file.
    if (named.dev(), named.ino()) != (opened.dev(), opened.ino()) {
        return Err(KeyError::Symlink { path: path.to_owned() });
    }
    if !example {
        private(path, &opened)?;
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| files::FileError::NotText { path: path.to_owned() })?;
    Ok(Zeroizing::new(text))
}

fn private(path: &Utf8Path, metadata: &std::fs::Metadata) -> Result<(), KeyError> {
    let user = nix::unistd::geteuid().as_raw();
    owned(path, metadata.mode() & 0o7777, metadata.uid(), user)
}

fn owned(path: &Utf8Path, mode: u32, owner: u32, user: u32) -> Result<(), KeyError> {
    let path = path.to_owned();
    match () {
        () if mode != PRIVATE_MODE => Err(KeyError::Mode { path, mode }),
        () if owner != user => Err(KeyError::Owner { path, owner, user }),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_the_user_who_signs_root_included() {
        let check = |mode, owner, user| owned("k".into(), mode, owner, user);
        assert!(check(0o600, 7, 7).is_ok());
        for (owner, user) in [(7, 8), (7, 0), (0, 7)] {
            let error = check(0o600, owner, user).unwrap_err();
            assert_eq!(error.hint().unwrap(), format!("chown {user} k"), "{error}");
        }
        assert!(matches!(check(0o604, 7, 8), Err(KeyError::Mode { mode: 0o604, .. })));
    }
}
