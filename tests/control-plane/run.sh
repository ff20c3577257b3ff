#!/usr/bin/env bash
# Starts a real control plane from a release and looks at it from outside: etcd, kube-apiserver, kube-controller-manager and
# kube-scheduler over TLS on the loopback address, kubectl as its user, openssl as the stranger who offers what FIPS forbids.
#
#   bash tests/control-plane/run.sh dist/kubernetes-1.0.0+fips.0
#
# It needs bash, openssl and tar: nothing leaves this machine, nothing needs root, nothing stays behind.
# Exit code 0: every line says ok. 1: a line says FAILED. 2: the release could not be used.
set -uo pipefail

release=${1:?usage: run.sh RELEASE-FOLDER [PORT]}
base=${2:-26400}
etcd_port=$base peer_port=$((base + 1)) api_port=$((base + 2)) manager_port=$((base + 3)) scheduler_port=$((base + 4))
loose_port=$((base + 5))

work=$(mktemp -d)
pids=()
failed=0
finish() {
    for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

unusable() { echo "error: $*" >&2; exit 2; }
check() { # check TEXT COMMAND...: one line, and the verdict of the command
    local text=$1; shift
    if "$@" >"$work/last.log" 2>&1; then
        echo "ok      $text"
    else
        echo "FAILED  $text"
        sed 's/^/        /' "$work/last.log" | tail -5
        failed=1
    fi
}
no() { ! "$@"; }
# Waits for at most a minute: a command that never succeeds is a failure, not an endless loop.
within_a_minute() {
    for _ in $(seq 120); do "$@" && return 0; sleep 0.5; done
    return 1
}

# ---- The programs, from the release's own archives.
for component in kubernetes etcd; do
    archive=$(ls "$release"/archives/"$component"-*-linux-"$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')".tar.gz 2>/dev/null | head -1)
    [ -n "$archive" ] || unusable "the release at \`$release\` has no archive of $component for this machine; make it with: cargo xtask release --profile kubernetes"
    mkdir -p "$work/bin"
    tar -xzf "$archive" -C "$work/bin" --strip-components=1 || unusable "\`$archive\` cannot be unpacked"
done
export PATH="$work/bin:$PATH"
# What a user's environment says must not decide what is tested.
unset GODEBUG KUBECONFIG ETCDCTL_API SSLKEYLOGFILE

# ---- Keys and certificates: RSA, SHA-256, made by openssl.
pki=$work/pki
mkdir -p "$pki"
(
    cd "$pki" || exit 1
    authority() { openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null; }
    # leaf NAME SUBJECT AUTHORITY USAGE
    leaf() {
        openssl req -newkey rsa:2048 -nodes -subj "$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
        printf 'subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc\nextendedKeyUsage=%s\n' "$4" >"$1.ext"
        openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 2 -sha256 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    }
    authority etcd-ca && authority ca &&
        leaf etcd /CN=etcd etcd-ca serverAuth,clientAuth &&
        leaf etcd-client /CN=kube-apiserver etcd-ca clientAuth &&
        leaf apiserver /CN=kube-apiserver ca serverAuth &&
        leaf admin /O=system:masters/CN=admin ca clientAuth &&
        leaf manager /CN=system:kube-controller-manager ca clientAuth &&
        leaf scheduler /CN=system:kube-scheduler ca clientAuth &&
        openssl genrsa -out sa.key 2048 2>/dev/null && openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
) || unusable "openssl could not make the certificates"

kubeconfig() { # kubeconfig NAME
    cat >"$work/$1.conf" <<CONF
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: "$pki/ca.crt"}}]
users: [{name: me, user: {client-certificate: "$pki/$1.crt", client-key: "$pki/$1.key"}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
current-context: here
CONF
}
for name in admin manager scheduler; do kubeconfig "$name"; done
k() { kubectl --kubeconfig "$work/admin.conf" --request-timeout=20s "$@"; }

# ---- Start everything.
start() { # start NAME COMMAND...
    local name=$1; shift
    "$@" >"$work/$name.log" 2>&1 &
    pids+=($!)
}
start etcd etcd --name n0 --data-dir "$work/etcd" \
    --listen-client-urls "https://127.0.0.1:$etcd_port" --advertise-client-urls "https://127.0.0.1:$etcd_port" \
    --listen-peer-urls "https://127.0.0.1:$peer_port" --initial-advertise-peer-urls "https://127.0.0.1:$peer_port" \
    --initial-cluster "n0=https://127.0.0.1:$peer_port" \
    --cert-file "$pki/etcd.crt" --key-file "$pki/etcd.key" --trusted-ca-file "$pki/etcd-ca.crt" --client-cert-auth \
    --peer-cert-file "$pki/etcd.crt" --peer-key-file "$pki/etcd.key" --peer-trusted-ca-file "$pki/etcd-ca.crt" --peer-client-cert-auth \
    --unsafe-no-fsync
e() { etcdctl --endpoints "https://127.0.0.1:$etcd_port" --cacert "$pki/etcd-ca.crt" --cert "$pki/etcd-client.crt" --key "$pki/etcd-client.key" "$@"; }
healthy() { e endpoint health >/dev/null 2>&1; }
check "etcd answers its client over mutual TLS" within_a_minute healthy

api_flags=(--etcd-servers="https://127.0.0.1:$etcd_port" --etcd-cafile="$pki/etcd-ca.crt"
    --etcd-certfile="$pki/etcd-client.crt" --etcd-keyfile="$pki/etcd-client.key"
    --service-account-issuer=https://kubernetes.default.svc.cluster.local
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key"
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt"
    --authorization-mode=Node,RBAC --service-cluster-ip-range=10.96.0.0/24
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --endpoint-reconciler-type=none)
start apiserver kube-apiserver "${api_flags[@]}" --secure-port="$api_port"
ready() { k get --raw /readyz >/dev/null 2>&1; }
check "kube-apiserver is ready" within_a_minute ready
start manager kube-controller-manager --kubeconfig="$work/manager.conf" --service-account-private-key-file="$pki/sa.key" \
    --root-ca-file="$pki/ca.crt" --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --use-service-account-credentials --leader-elect=false --bind-address=127.0.0.1 --secure-port="$manager_port"
start scheduler kube-scheduler --kubeconfig="$work/scheduler.conf" --leader-elect=false --bind-address=127.0.0.1 --secure-port="$scheduler_port"

# ---- It is a cluster: kubectl works, controllers work, tokens are signed.
same_version() { [ "$(k version 2>/dev/null | sed -n 's/^Client Version: //p')" = "$(k version 2>/dev/null | sed -n 's/^Server Version: //p')" ]; }
check "kubectl and kube-apiserver name the same version ($(k version 2>/dev/null | sed -n 's/^Server Version: //p'))" same_version
namespaces() { k get namespaces -o name | grep -q '^namespace/kube-system$'; }
check "kubectl lists the namespaces of the system" within_a_minute namespaces
check "kubectl makes a namespace" k create namespace fips-test
check "kubectl stores a secret" k -n fips-test create secret generic s --from-literal=a=b
reads_back() { [ "$(k -n fips-test get secret s -o 'jsonpath={.data.a}' | openssl base64 -d -A)" = b ]; }
check "kubectl reads the secret back" reads_back
account() { k -n fips-test get serviceaccount default >/dev/null 2>&1; }
check "kube-controller-manager makes the service account of a namespace" within_a_minute account
token() { k -n fips-test create token default | cut -d. -f1 | tr '_-' '/+' | sed 's/$/==/' | openssl base64 -d -A | grep -q '"alg":"RS256"'; }
check "kube-apiserver signs a token with RS256" token
check "kubectl makes a deployment" k -n fips-test create deployment d --image=registry.invalid/none
pending() { [ "$(k -n fips-test get pods -o 'jsonpath={.items[0].status.conditions[?(@.type=="PodScheduled")].reason}')" = Unschedulable ]; }
check "kube-scheduler looks at its pod, and there is no node" within_a_minute pending
rejects_stranger() { ! etcdctl --endpoints "https://127.0.0.1:$etcd_port" --cacert "$pki/etcd-ca.crt" --command-timeout=3s endpoint health >/dev/null 2>&1; }
check "etcd refuses a client without a certificate" rejects_stranger

# ---- From outside: what FIPS forbids is refused, what it allows is not.
offer() { # offer PORT ARGS...: whether the server completes its side of the handshake
    local port=$1; shift
    local said
    said=$(openssl s_client -connect "127.0.0.1:$port" -CAfile "$pki/ca.crt" "$@" </dev/null 2>&1)
    # An agreed cipher is printed as a name; without agreement it is (NONE) or 0000.
    grep -Eq 'Cipher is (TLS_|ECDHE|AES|DHE)' <<<"$said"
}
for server in "kube-apiserver $api_port" "etcd $etcd_port" "kube-controller-manager $manager_port" "kube-scheduler $scheduler_port"; do
    read -r name port <<<"$server"
    up() { offer "$port" -tls1_3 -groups P-256; }
    check "$name agrees on TLS 1.3 with P-256" within_a_minute up
    check "$name agrees on TLS 1.2 with ECDHE and AES-GCM" offer "$port" -tls1_2 -groups P-256 -cipher ECDHE-RSA-AES256-GCM-SHA384
    check "$name refuses X25519 in TLS 1.3" no offer "$port" -tls1_3 -groups X25519
    check "$name refuses X25519 in TLS 1.2" no offer "$port" -tls1_2 -groups X25519 -cipher ECDHE-RSA-AES256-GCM-SHA384
    check "$name refuses ChaCha20-Poly1305 in TLS 1.3" no offer "$port" -tls1_3 -groups P-256 -ciphersuites TLS_CHACHA20_POLY1305_SHA256
    check "$name refuses ChaCha20-Poly1305 in TLS 1.2" no offer "$port" -tls1_2 -groups P-256 -cipher ECDHE-RSA-CHACHA20-POLY1305
    check "$name refuses TLS 1.1" no offer "$port" -tls1_1 -cipher ALL:@SECLEVEL=0
done

# ---- The probe can fail: the same program with its module switched off takes what it refused.
GODEBUG=fips140=off start loose kube-apiserver "${api_flags[@]}" --secure-port="$loose_port"
loose() { offer "$loose_port" -tls1_3 -groups X25519; }
check "the same kube-apiserver with GODEBUG=fips140=off agrees on X25519, so the refusals above mean something" within_a_minute loose

if [ "$failed" -ne 0 ]; then
    for log in etcd apiserver manager scheduler loose; do echo "--- the end of $log.log"; tail -3 "$work/$log.log"; done
    echo "the control plane does NOT hold"
    exit 1
fi
echo "the control plane of $(basename "$release") works and enforces FIPS on every port"
