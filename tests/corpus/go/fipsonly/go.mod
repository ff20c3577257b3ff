module example.com/fipsonly

go 1.21
