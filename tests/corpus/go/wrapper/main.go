// Key derivation of golang.org/x/crypto that only calls the standard library.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"golang.org/x/crypto/hkdf"
	"golang.org/x/crypto/pbkdf2"
)

func main() {
	key := make([]byte, 32)
	_, err := io.ReadFull(hkdf.New(sha256.New, []byte(os.Args[1]), nil, nil), key)
	fmt.Printf("%x %x %v\n", key, pbkdf2.Key(key, key, 10000, 32, sha256.New), err)
}
