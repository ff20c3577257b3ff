# OpenSSL 3.1.2 with its FIPS provider, from the source package that carries it. Runs in the build sandbox, where everything it
# uses is pinned: SRC is this folder with the source package, OUT takes the outputs, PREFIX is compiled in.
#
# The provider is validated as certificate #4985. Its sources are compared with the project's own list of digests before
# anything is compiled, and nothing of them is changed.

FIPS_CHECKSUMS=89f749c416427df81cbc7fed9e9bfebb65bb201ae4a383b647cc5d774ced0129
# The day of the release, which `openssl version -b` prints.
export SOURCE_DATE_EPOCH=1690891200

cd "$TMPDIR"
tar -xzf "$SRC/openssl-src-300.1.3+3.1.2.crate"
cd openssl-src-300.1.3+3.1.2/openssl

# The project's script asks `openssl sha256 -r`, which does not exist yet.
mkdir "$TMPDIR/bin"
printf '#!/bin/sh\nsha256sum -b | sed "s/ \\*-$/ *stdin/"\n' > "$TMPDIR/bin/openssl"
chmod +x "$TMPDIR/bin/openssl"
echo "$FIPS_CHECKSUMS  providers/fips-sources.checksums" | sha256sum -c -
PATH="$TMPDIR/bin:$PATH" xargs sh util/fips-checksums.sh < providers/fips.module.sources > "$TMPDIR/found"
diff -u providers/fips-sources.checksums "$TMPDIR/found" >&2 || {
    echo "the sources of the FIPS provider are not those of OpenSSL $VERSION" >&2
    exit 1
}
echo "$(wc -l < "$TMPDIR/found") sources of the FIPS provider are the validated ones" >&2

perl ./Configure linux-x86_64 enable-fips no-tests no-legacy \
    --prefix="$PREFIX" --libdir=lib --openssldir="$PREFIX/ssl" >&2
make -j"$(nproc)" build_generated >&2
# The provider is linked as the project links it. Programs find the libraries beside them, wherever the tree was unpacked, and
# libraries find each other the same way.
make -j"$(nproc)" providers/fips.so >&2
LD_RUN_PATH='$ORIGIN/../lib' make -j"$(nproc)" build_sw >&2
make DESTDIR="$TMPDIR/tree" install_sw install_ssldirs install_fips >&2

tree="$TMPDIR/tree$PREFIX"
out="$OUT$PREFIX"
mkdir -p "$out/bin" "$out/lib/ossl-modules" "$out/ssl"
# fips.so is never stripped: its integrity value is over every byte of the file.
cp "$tree/lib/ossl-modules/fips.so" "$out/lib/ossl-modules/"
cp "$tree/lib/libcrypto.so.3" "$tree/lib/libssl.so.3" "$out/lib/"
cp "$tree/bin/openssl" "$out/bin/"
strip --strip-unneeded "$out/lib/libcrypto.so.3" "$out/lib/libssl.so.3" "$out/bin/openssl"

# One file with the provider's section inside. An `.include` that is not found leaves libcrypto without any configuration,
# and so without FIPS, after one line in a log.
sed "/^@FIPS_SECTION@$/{
r $tree/ssl/fipsmodule.cnf
d
}" "$SRC/openssl.cnf" > "$out/ssl/openssl.cnf"

# What other components are compiled with: never shipped.
mkdir -p "$TMPDIR/sdk/lib"
cp -R "$tree/include" "$TMPDIR/sdk/"
cp "$out/lib/libcrypto.so.3" "$out/lib/libssl.so.3" "$TMPDIR/sdk/lib/"
ln -s libcrypto.so.3 "$TMPDIR/sdk/lib/libcrypto.so"
ln -s libssl.so.3 "$TMPDIR/sdk/lib/libssl.so"
tar -C "$TMPDIR/sdk" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --format=ustar -cf "$OUT/sdk.tar" include lib

# What comes out is used once before it counts: the provider loads, and MD5 is not to be had.
export OPENSSL_CONF="$out/ssl/openssl.cnf" OPENSSL_MODULES="$out/lib/ossl-modules"
"$out/bin/openssl" list -providers >&2
if echo | "$out/bin/openssl" dgst -md5 > /dev/null 2>&1; then
    echo "MD5 works: the FIPS provider is not what algorithms come from" >&2
    exit 1
fi
