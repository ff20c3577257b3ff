/* OpenSSL by its EVP interface. Expected: static, not-validated; dynamic and alone, undetermined. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    unsigned char digest[EVP_MAX_MD_SIZE], out[64], iv[16] = {0};
    unsigned int length = 0;
    int written = 0;
    (void)argc;
    EVP_Digest(argv[0], strlen(argv[0]), digest, &length, EVP_sha256(), NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, digest, iv);
    EVP_EncryptUpdate(context, out, &written, digest, 16);
    EVP_CIPHER_CTX_free(context);
    printf("%u %d %02x\n", length, written, out[0]);
    return 0;
}
