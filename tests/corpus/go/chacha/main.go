// A cipher of golang.org/x/crypto, which is not the copy that the standard library vendors.
package main

import (
	"fmt"
	"os"

	"golang.org/x/crypto/chacha20poly1305"
)

func main() {
	aead, err := chacha20poly1305.New(make([]byte, 32))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x\n", aead.Seal(nil, make([]byte, 12), []byte(os.Args[1]), nil))
}
