module example.com/ssh

go 1.24.0

require golang.org/x/crypto v0.43.0

require golang.org/x/sys v0.37.0 // indirect
