module example.com/offmod

go 1.24

godebug fips140=off
