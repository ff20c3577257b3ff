// A TLS client whose go.mod names an old Go: it brings the old defaults along.
package main

import (
	"crypto/tls"
	"fmt"
	"os"
)

func main() {
	connection, err := tls.Dial("tcp", os.Args[1], nil)
	fmt.Println(connection, err)
}
