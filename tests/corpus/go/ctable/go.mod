module example.com/ctable

go 1.21
