/* GnuTLS. Expected: static, not-validated; dynamic and alone, undetermined. */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    unsigned char digest[32];
    gnutls_session_t session;
    (void)argc;
    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_hash_fast(GNUTLS_DIG_SHA256, argv[0], strlen(argv[0]), digest);
    gnutls_deinit(session);
    printf("%02x\n", digest[0]);
    return 0;
}
