# nginx against OpenSSL with the FIPS provider, from the source package that carries it. Runs in the build sandbox: SRC is this
# folder with the source package, NEEDS/openssl what the component openssl left, OUT takes the outputs.

cd "$TMPDIR"
tar -xzf "$SRC/nginx-src-1.28.5+1.28.3.crate"
cd nginx-src-1.28.5+1.28.3/nginx

# Configure's arguments are compiled in (`nginx -V`), so everything it is told has a relative name.
mkdir ossl static guard
tar -xf "$NEEDS/openssl/sdk.tar" -C ossl
cp "$SRC/fips_guard_config" guard/config
cp "$SRC/ngx_fips_guard_module.c" guard/
# nginx has MD5 and SHA-1 of its own, for names of cache files and for modules that are not built.
cp "$SRC/ngx_md5.c" "$SRC/ngx_md5.h" src/core/
printf '#include <ngx_config.h>\n#include <ngx_core.h>\n' > src/core/ngx_sha1.c
# PCRE2 and zlib are linked in, so that the tree asks nothing of a host but glibc.
for library in libpcre2-8.a libz.a; do
    ln -s "/usr/lib/x86_64-linux-gnu/$library" "static/$library"
done

# What a server offers that says nothing itself, and what nginx offers other servers. Upstream's defaults have CBC, RSA key
# transport and every curve of OpenSSL's.
suites=ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256
replace() {
    before=$(sha256sum < "$3")
    sed -i "s/$1/$2/" "$3"
    if [ "$before" = "$(sha256sum < "$3")" ]; then
        echo "$3 no longer holds $1" >&2
        exit 1
    fi
}
for module in src/http/modules/ngx_http_ssl_module.c src/stream/ngx_stream_ssl_module.c; do
    replace '"HIGH:!aNULL:!MD5"' "\"$suites\"" "$module"
    replace '^#define NGX_DEFAULT_ECDH_CURVE .*' '#define NGX_DEFAULT_ECDH_CURVE  "prime256v1:secp384r1"' "$module"
done
for module in http/modules/ngx_http_proxy_module.c http/modules/ngx_http_grpc_module.c \
    http/modules/ngx_http_uwsgi_module.c stream/ngx_stream_proxy_module.c; do
    replace '"DEFAULT"' "\"$suites\"" "src/$module"
done

# Workers of a server that root starts are `daemon`, a user and group that every distribution has (LSB Core 5.0, 22.2);
# `nobody` is a group on some only.
# Without basic authentication: its passwords are hashed by MD5 or by whatever crypt(3) of the host does.
sh auto/configure --with-cc=gcc \
    --prefix="$PREFIX/nginx" --sbin-path="$PREFIX/sbin/nginx" --conf-path=conf/nginx.conf \
    --pid-path=/tmp/nginx.pid --lock-path=/tmp/nginx.lock \
    --error-log-path=stderr --http-log-path=/dev/stdout \
    --user=daemon --group=daemon --with-threads --with-pcre-jit \
    --with-http_ssl_module --with-http_v2_module --with-http_realip_module \
    --with-http_stub_status_module --with-http_gzip_static_module \
    --without-http_auth_basic_module \
    --with-stream --with-stream_ssl_module --with-stream_realip_module --with-stream_ssl_preread_module \
    --add-module=guard \
    --with-cc-opt='-O2 -g0 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -Iossl/include' \
    --with-ld-opt='-pie -Lstatic -Lossl/lib -Wl,-z,relro,-z,now,--build-id=none' >&2
# An rpath in --with-ld-opt loses its `$` on the way.
LD_RUN_PATH='$ORIGIN/../lib' make -j"$(nproc)" >&2
strip objs/nginx

out="$OUT$PREFIX"
mkdir -p "$out/sbin" "$out/lib" "$out/ssl" "$out/nginx/conf"
cp objs/nginx "$out/sbin/"
cp conf/mime.types "$SRC/nginx.conf" "$out/nginx/conf/"
openssl="$NEEDS/openssl$PREFIX"
cp "$openssl/lib/libcrypto.so.3" "$openssl/lib/libssl.so.3" "$out/lib/"
mkdir -p "$out/lib/ossl-modules"
cp "$openssl/lib/ossl-modules/fips.so" "$out/lib/ossl-modules/"
cp "$openssl/ssl/openssl.cnf" "$out/ssl/"

# What comes out is used once before it counts.
mkdir -p "$TMPDIR/prefix/conf"
printf 'error_log stderr;\npid %s/pid;\nevents {}\n' "$TMPDIR" > "$TMPDIR/prefix/conf/nginx.conf"
"$out/sbin/nginx" -t -p "$TMPDIR/prefix" -c conf/nginx.conf >&2
