// An SSH client: a protocol over the standard library, with a few algorithms of its own.
package main

import (
	"fmt"
	"os"

	"golang.org/x/crypto/ssh"
)

func main() {
	client, err := ssh.Dial("tcp", os.Args[1], &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	fmt.Println(client, err)
}
