/* Botan. Expected: static, not-validated; dynamic and alone, undetermined: inline functions are not its code. */
#include <botan/hash.h>
#include <iostream>
int main(int, char **argv) {
    auto hash = Botan::HashFunction::create_or_throw("SHA-256");
    hash->update(argv[0]);
    std::cout << int(hash->final()[0]) << '\n';
}
