/* A library beyond the C run time. Expected: alone, undetermined (library-unseen); in a root with zlib, no-crypto. */
#include <stdio.h>
#include <zlib.h>
int main(void) { puts(zlibVersion()); return 0; }
