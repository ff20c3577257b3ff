module wrap/demo

go 1.26.0

require (
	example.org/demo v1.2.3
	example.org/demo/cli/v2 v1.2.3 // indirect
)
