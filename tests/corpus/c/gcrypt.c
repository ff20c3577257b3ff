/* Libgcrypt. Expected: static, not-validated; dynamic and alone, undetermined. */
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    unsigned char digest[32];
    (void)argc;
    gcry_check_version(NULL);
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, argv[0], strlen(argv[0]));
    printf("%02x\n", digest[0]);
    return 0;
}
