//! The backend `rust-aws-lc-fips`: cargo, offline, in a root of Debian packages, with everything that a program needs linked
//! statically. The module's C code is compiled by its crate's own build script, with cmake, perl and Go.

use catalog::RustBuild;
use std::collections::BTreeMap;
use vocab::ArtifactName;

/// The target: the C library is linked statically (`crt-static`), so no target has to be added to the toolchain.
pub(crate) const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// What the sandbox runs. Sources and packages are copied into a folder that may be written to: cargo drops from
/// `Cargo.lock` what the trimmed workspace does not use. The copy is new, so cargo never takes an older build of our own
/// crates for a build of these sources.
pub(crate) const SCRIPT: &str = r#"# Builds the programs of a cargo workspace without the network.
work="$TMPDIR/work"
crates="$TMPDIR/crates"
mkdir -p "$work" "$crates" "$CARGO_HOME"
cp -R "$SRC/." "$work"
chmod -R u+w "$work"

# Every package is compared with its checksum once more before it is unpacked.
cd "$CRATES"
sha256sum --check --quiet --strict "$OVERLAY/crates.sha256"
while read -r sum file; do
    tar -xzf "$file" -C "$crates" --no-same-owner
    printf '{"files":{},"package":"%s"}' "$sum" > "$crates/${file%.crate}/.cargo-checksum.json"
done < "$OVERLAY/crates.sha256"

cat > "$CARGO_HOME/config.toml" <<END
[source.crates-io]
replace-with = "packages"
[source.packages]
directory = "$crates"
END

# No path of the build may stand in a program.
export CFLAGS="-ffile-prefix-map=$crates=/crates -ffile-prefix-map=$CARGO_TARGET_DIR=/target"
export CXXFLAGS="$CFLAGS"
export RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,--build-id=none --remap-path-prefix=$crates=/crates --remap-path-prefix=$work=/src --remap-path-prefix=$CARGO_TARGET_DIR=/target"
cd "$work"
cargo build --offline --release --target "$TRIPLE" --package "$PACKAGE" --no-default-features --features "$FEATURES" 1>&2
for program in $PROGRAMS; do
    cp "$CARGO_TARGET_DIR/$TRIPLE/release/$program" "$OUT/$program"
done
"#;

/// The command of the action.
pub(crate) fn arguments() -> Vec<String> {
    ["/bin/sh", "-eu", "{overlay}/build.sh"].map(str::to_owned).into()
}

/// The whole environment of the script.
pub(crate) fn environment(rust: &RustBuild) -> BTreeMap<String, String> {
    let programs: Vec<&str> = rust.programs.iter().map(ArtifactName::as_str).collect();
    [
        ("CARGO_HOME", "{tmp}/cargo"),
        ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
        ("CARGO_TARGET_DIR", "{cargocache}"),
        // The root has no `cc`: that name is made by a maintainer script.
        ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "gcc"),
        ("CC", "gcc"),
        ("CXX", "g++"),
        ("CRATES", "{crates}"),
        ("FEATURES", &rust.features.join(",")),
        ("GOCACHE", "{tmp}/go-build"),
        ("GOFLAGS", "-mod=mod"),
        ("GOPROXY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("HOME", "{tmp}"),
        ("LC_ALL", "C"),
        ("OUT", "{out}"),
        ("OVERLAY", "{overlay}"),
        ("PACKAGE", &rust.package),
        ("PATH", "{rust}/bin:{go}/bin:/usr/bin:/bin"),
        ("PROGRAMS", &programs.join(" ")),
        // 1980-01-01, as in archives.
        ("SOURCE_DATE_EPOCH", "315532800"),
        ("SRC", "{src}"),
        ("TMPDIR", "{tmp}"),
        ("TRIPLE", TRIPLE),
        ("TZ", "UTC"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
