//! What each backend means for the Go command: environment, flags and generated files. Everything here is logical, so
//! that a plan can be read before anything was fetched.

pub(crate) mod rust;

use catalog::Recipe;
use std::collections::BTreeMap;
use vocab::{Arch, Backend, ReleaseNumber, Target};

/// The certified snapshot of Go's own module by its full name. The alias `certified` would follow the toolchain.
pub(crate) const SNAPSHOT: &str = "v1.0.0-c2097c7c";

/// The file that makes every program with TLS a `crypto/tls/fipsonly` program. A boring build restricts TLS only when
/// that package is linked; the overlay adds it to `crypto/tls` itself, because files of the module cache cannot be
/// overlaid and a component's main package is one of those.
const FIPSONLY: &str = "// Added to crypto/tls by fipsmith: BoringCrypto alone restricts no TLS setting.\n\npackage tls\n\nimport _ \"crypto/tls/fipsonly\"\n";

/// `go build -overlay` (cmd/go documentation, "-overlay file").
const OVERLAY: &str = "{\"Replace\":{\"{go}/src/crypto/tls/fipsmith_fipsonly.go\":\"{overlay}/fipsmith_fipsonly.go\"}}\n";

/// How one component is built for one target.
pub(crate) struct GoBuild<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) backend: Backend,
    pub(crate) target: Target,
    pub(crate) number: ReleaseNumber,
}

impl GoBuild<'_> {
    /// True when C code is compiled and linked, so that zig is needed.
    pub(crate) fn cgo(&self) -> bool {
        self.recipe.cgo || self.backend == Backend::GoBoringcrypto
    }

    /// Files that are generated for the build, by name below `{overlay}`.
    pub(crate) fn overlay(&self) -> BTreeMap<String, String> {
        let files = match self.backend {
            Backend::GoBoringcrypto => {
                vec![("fipsmith_fipsonly.go", FIPSONLY), ("overlay.json", OVERLAY)]
            }
            _ => vec![],
        };
        files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    /// The whole environment of the Go command.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let mut all = base_environment();
        let arch = self.target.arch();
        all.extend(owned([
            ("GOOS", self.target.os()),
            ("GOARCH", arch.as_str()),
            // Both are the default, and a default can change.
            match arch {
                Arch::Amd64 => ("GOAMD64", "v1"),
                Arch::Arm64 => ("GOARM64", "v8.0"),
            },
            // Set on both sides: unset, the Go command decides by whether it finds a C compiler, and a boring build
            // without cgo is silently not boring (golang/go#68588).
            ("CGO_ENABLED", if self.cgo() { "1" } else { "0" }),
            match self.backend {
                Backend::GoNative => ("GOFIPS140", SNAPSHOT),
                Backend::GoBoringcrypto => ("GOEXPERIMENT", "boringcrypto"),
                // Backends of other languages never come here.
                Backend::None | Backend::COpensslFips | Backend::RustAwsLcFips => {
                    ("GOFIPS140", "off")
                }
            },
        ]));
        if self.cgo() {
            all.insert(
                "CC".to_owned(),
                format!("{{zig}}/ziglang/zig cc -target {}", self.triple()),
            );
            all.extend(owned([
                ("ZIG_GLOBAL_CACHE_DIR", "{zigcache}"),
                ("ZIG_LOCAL_CACHE_DIR", "{tmp}/zig"),
            ]));
        }
        if self.recipe.system.is_some() {
            // Debian's multiarch folder comes second: what a header of the C library would be there for, zig has its own.
            let libraries = format!("{{system}}/usr/lib/{}", self.multiarch());
            all.insert("CGO_CFLAGS".to_owned(), "-O2 -idirafter {system}/usr/include".to_owned());
            all.insert("CGO_LDFLAGS".to_owned(), format!("-L{libraries}"));
        }
        all
    }

    /// The C library that C code is linked against: musl, statically, or Debian 12's glibc where its packages are linked.
    fn triple(&self) -> &'static str {
        match (self.target.arch(), self.recipe.system.is_some()) {
            (Arch::Amd64, false) => "x86_64-linux-musl",
            (Arch::Arm64, false) => "aarch64-linux-musl",
            (Arch::Amd64, true) => "x86_64-linux-gnu.2.36",
            (Arch::Arm64, true) => "aarch64-linux-gnu.2.36",
        }
    }

    /// Debian's name of an architecture's folder (multiarch tuples).
    fn multiarch(&self) -> &'static str {
        match self.target.arch() {
            Arch::Amd64 => "x86_64-linux-gnu",
            Arch::Arm64 => "aarch64-linux-gnu",
        }
    }

    /// The command line: one `go build` for all programs of the component.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut all: Vec<String> =
            ["{go}/bin/go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly"]
                .map(str::to_owned)
                .into();
        if !self.overlay().is_empty() {
            all.extend(["-overlay", "{overlay}/overlay.json"].map(str::to_owned));
        }
        let tags = self.tags();
        if !tags.is_empty() {
            all.extend(["-tags".to_owned(), tags.join(",")]);
        }
        all.extend([
            "-ldflags".to_owned(),
            self.linker_flags(),
            "-o".to_owned(),
            "{out}/".to_owned(),
        ]);
        all.extend(self.recipe.packages.iter().map(|package| package.import.clone()));
        all
    }

    /// Build tags, sorted. A static program must resolve users and hosts in Go: musl's resolver is not glibc's.
    fn tags(&self) -> Vec<String> {
        let mut tags = self.recipe.tags.clone();
        if self.cgo() {
            tags.extend(["osusergo", "netgo"].map(str::to_owned));
        }
        tags.sort();
        tags.dedup();
        tags
    }

    fn linker_flags(&self) -> String {
        // No build id: it would repeat the compiler's path for cgo builds, and our own digest decides what is current.
        let mut flags: Vec<String> = ["-s", "-w", "-buildid="].map(str::to_owned).into();
        if self.cgo() {
            // Without --strip-debug the DWARF of musl's assembly names zig's folder and the working folder.
            let linker = if self.recipe.system.is_some() {
                "\"-Wl,--strip-debug\""
            } else {
                "\"-static -Wl,--strip-debug\""
            };
            flags.extend(["-linkmode=external", "-extldflags", linker].map(str::to_owned));
        }
        for (name, value) in &self.recipe.version_vars {
            flags.extend(["-X".to_owned(), format!("'{name}={}'", self.version_text(value))]);
        }
        flags.join(" ")
    }

    fn version_text(&self, template: &str) -> String {
        template
            .replace("{version}", self.recipe.version.as_str())
            .replace("{released}", &self.recipe.version.released(self.number))
            .replace("{commit}", self.recipe.commit.as_deref().unwrap_or_default())
    }
}

/// What every run of our Go command gets: nothing of the user's settings, no network, no clock, no host path.
pub(crate) fn base_environment() -> BTreeMap<String, String> {
    owned([
        ("GOCACHE", "{gocache}"),
        ("GOENV", "off"),
        ("GOFLAGS", ""),
        ("GOMODCACHE", "{modcache}"),
        ("GOPROXY", "off"),
        ("GOSUMDB", "off"),
        ("GOTELEMETRY", "off"),
        // Without it the toolchain's own go.env would let go.mod choose another toolchain.
        ("GOTOOLCHAIN", "local"),
        ("GOWORK", "off"),
        ("HOME", "{tmp}"),
        ("LC_ALL", "C"),
        ("PATH", "{go}/bin"),
        ("SOURCE_DATE_EPOCH", "0"),
        ("TMPDIR", "{tmp}"),
        ("TZ", "UTC"),
    ])
    .collect()
}

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> impl Iterator<Item = (String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter()
}

/// The file name `go build -o folder/` gives a main package: the last element, or the one before a major version
/// (cmd/go/internal/load, `DefaultExecName`).
pub(crate) fn output_name(import: &str) -> &str {
    let mut elements = import.rsplit('/');
    let last = elements.next().unwrap_or(import);
    let major = last.strip_prefix('v').is_some_and(|n| {
        !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) && n != "0" && n != "1"
    });
    if major { elements.next().unwrap_or(last) } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_major_version_is_no_program_name() {
        for (import, name) in [
            ("go.etcd.io/etcd/server/v3", "server"),
            ("sigs.k8s.io/cri-tools/cmd/crictl", "crictl"),
            ("example.org/v2x", "v2x"),
            ("example.org/tool/v1", "v1"),
        ] {
            assert_eq!(output_name(import), name);
        }
    }
}
