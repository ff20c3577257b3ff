// Curve arithmetic from elsewhere.
package main

import (
	"fmt"

	"filippo.io/edwards25519"
)

func main() { fmt.Printf("%x\n", edwards25519.NewGeneratorPoint().Bytes()) }
