/* Functions of its own whose names begin like a library's. Expected: no-crypto. */
#include <stdio.h>
int wc_lines(int n) { return n + 1; }
int crypto_init(int n) { return n * 2; }
int crypt_open(int n) { return n - 1; }
int main(int argc, char **argv) { (void)argv; printf("%d\n", wc_lines(crypto_init(crypt_open(argc)))); return 0; }
