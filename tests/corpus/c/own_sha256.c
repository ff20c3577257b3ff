/* A table of SHA-256 of the program's own. Expected: undetermined (unattributed-constants), never not-validated. */
#include <stdint.h>
#include <stdio.h>
static const uint32_t K[] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5};
int main(int argc, char **argv) { (void)argv; printf("%x\n", K[argc & 7]); return 0; }
