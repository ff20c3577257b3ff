// TLS restricted to what BoringCrypto approves. It builds only with the boringcrypto experiment.
package main

import (
	"crypto/tls"
	_ "crypto/tls/fipsonly"
	"fmt"
	"os"
)

func main() {
	connection, err := tls.Dial("tcp", os.Args[1], nil)
	fmt.Println(connection, err)
}
