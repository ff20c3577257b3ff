/* Nettle. Expected: static with symbols, not-validated; stripped at least undetermined. */
#include <nettle/aes.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    struct sha256_ctx hash;
    struct aes256_ctx cipher;
    unsigned char digest[32], out[16];
    (void)argc;
    sha256_init(&hash);
    sha256_update(&hash, strlen(argv[0]), (const unsigned char *)argv[0]);
    sha256_digest(&hash, sizeof digest, digest);
    aes256_set_encrypt_key(&cipher, digest);
    aes256_encrypt(&cipher, sizeof out, out, digest);
    printf("%02x\n", out[0]);
    return 0;
}
