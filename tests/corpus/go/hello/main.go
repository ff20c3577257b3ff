// A program without cryptography, whatever flags it is built with.
package main

import "fmt"

func main() { fmt.Println("hello") }
