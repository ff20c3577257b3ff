// FIPS mode switched off by a line of source: the snapshot is linked and does not run in FIPS mode.

//go:debug fips140=off
package main

import (
	"crypto/sha256"
	"fmt"
)

func main() { fmt.Printf("%x\n", sha256.Sum256([]byte("off"))) }
