/* Only the version text of OpenSSL's header. Expected: undetermined (crypto-trace), never not-validated. */
#include <openssl/opensslv.h>
#include <stdio.h>
int main(void) { puts("built with " OPENSSL_VERSION_TEXT); return 0; }
