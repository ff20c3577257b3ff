// A library for C programs, with one function that hashes.
package main

import "C"

import (
	"crypto/sha256"
	"unsafe"
)

//export Hash
func Hash(data unsafe.Pointer, size C.int) byte {
	sum := sha256.Sum256(C.GoBytes(data, size))
	return sum[0]
}

func main() {}
