// No Go cryptography, and a C function that brings the constants of SHA-256: whose are they?
package main

// #include <stdint.h>
// static const uint32_t k[8] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5 };
// uint32_t look(int i) { return k[i & 7]; }
import "C"

import (
	"fmt"
	"os"
)

func main() { fmt.Println(C.look(C.int(len(os.Args)))) }
