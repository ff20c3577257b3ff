/* SHA-256's first words as operands of additions, as an unrolled hash has them: no table is in the file. Expected:
   undetermined (unattributed-constants). */
#include <stdint.h>
#include <stdio.h>
#define STEP(k) a = (a << 5 | a >> 27) + (b ^ a) + (k); b = (b << 7 | b >> 25) ^ (a + b);
int main(int argc, char **argv) {
    uint32_t a = (uint32_t)argc, b = (uint32_t)argv[0][0];
    STEP(0x428a2f98) STEP(0x71374491) STEP(0xb5c0fbcf) STEP(0xe9b5dba5) STEP(0x3956c25b) STEP(0x59f111f1)
    STEP(0x923f82a4) STEP(0xab1c5ed5) STEP(0xd807aa98) STEP(0x12835b01) STEP(0x243185be) STEP(0x550c7dc3)
    printf("%x %x\n", a, b);
    return 0;
}
