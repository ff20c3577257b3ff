/* libcrypto loaded by its name. Expected: alone, undetermined (crypto-library). */
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW);
    printf("%p\n", library ? dlsym(library, "EVP_sha256") : NULL);
    return 0;
}
