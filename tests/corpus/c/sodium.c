/* libsodium. Expected: static, not-validated; dynamic and alone, undetermined. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    unsigned char digest[32], key[crypto_secretbox_KEYBYTES] = {0}, nonce[crypto_secretbox_NONCEBYTES] = {0};
    unsigned char out[64];
    (void)argc;
    if (sodium_init() < 0) return 1;
    crypto_generichash(digest, sizeof digest, (const unsigned char *)argv[0], strlen(argv[0]), NULL, 0);
    crypto_secretbox_easy(out, digest, sizeof digest, nonce, key);
    printf("%02x\n", out[0]);
    return 0;
}
