// FIPS mode at its strictest, by a line of source.

//go:debug fips140=only
package main

import (
	"crypto/sha256"
	"fmt"
)

func main() { fmt.Printf("%x\n", sha256.Sum256([]byte("only"))) }
