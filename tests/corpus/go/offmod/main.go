// FIPS mode switched off by the go.mod file of the main module.
package main

import (
	"crypto/sha256"
	"fmt"
)

func main() { fmt.Printf("%x\n", sha256.Sum256([]byte("offmod"))) }
