/* crypt() of libcrypt. Expected: alone, undetermined (crypto-library). */
#include <crypt.h>
#include <stdio.h>
int main(int argc, char **argv) { (void)argc; puts(crypt(argv[0], "$6$saltsalt$")); return 0; }
