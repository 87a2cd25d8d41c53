package main

import "fmt"

func main() {
	var year, month, day, months int
	for {
		if n, _ := fmt.Scan(&year, &month, &day, &months); n < 4 {
			return
		}
		y, m, d, err := AddMonths(year, month, day, months)
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Printf("%04d-%02d-%02d\n", y, m, d)
	}
}
