/* Mbed TLS. Expected: static with symbols, not-validated; stripped, undetermined (no text is left, only tables). */
#include <mbedtls/aes.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    unsigned char digest[32], out[16];
    mbedtls_aes_context cipher;
    (void)argc;
    mbedtls_sha256((const unsigned char *)argv[0], strlen(argv[0]), digest, 0);
    mbedtls_aes_init(&cipher);
    mbedtls_aes_setkey_enc(&cipher, digest, 256);
    mbedtls_aes_crypt_ecb(&cipher, MBEDTLS_AES_ENCRYPT, digest, out);
    printf("%02x\n", out[0]);
    return 0;
}
