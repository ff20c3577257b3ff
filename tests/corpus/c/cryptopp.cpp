/* Crypto++. Expected: static, not-validated; dynamic, not-validated too, its templates are compiled into the program. */
#include <cryptopp/aes.h>
#include <cryptopp/modes.h>
#include <cryptopp/sha.h>
#include <iostream>
int main(int, char **argv) {
    CryptoPP::SHA256 hash;
    CryptoPP::byte digest[32], iv[16] = {0}, out[32];
    hash.CalculateDigest(digest, reinterpret_cast<const CryptoPP::byte *>(argv[0]), 1);
    CryptoPP::CTR_Mode<CryptoPP::AES>::Encryption cipher(digest, sizeof digest, iv);
    cipher.ProcessData(out, digest, sizeof out);
    std::cout << int(out[0]) << '\n';
}
