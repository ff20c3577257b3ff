/* Names and addresses of cryptographic libraries in prose. Expected: no-crypto. */
#include <stdio.h>
int main(void) { puts("see https://www.openssl.org/ and https://gnutls.org/; needs OpenSSL 3.0 or GnuTLS, AES, SHA-256"); return 0; }
