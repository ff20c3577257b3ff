// A program that speaks TLS and hashes: the least that has to do with every kind of FIPS build.
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
