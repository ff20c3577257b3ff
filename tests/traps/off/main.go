// The probe with FIPS mode switched off by a line of source: the snapshot is linked and does not run in FIPS mode.
//go:debug fips140=off
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"os"
)

func main() {
	fmt.Printf("%x\n", sha256.Sum256([]byte("probe")))
	if len(os.Args) > 1 {
		connection, err := tls.Dial("tcp", os.Args[1], nil)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		connection.Close()
	}
}
