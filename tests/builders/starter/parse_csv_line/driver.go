package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fields, err := ParseCSVLine(strings.ReplaceAll(in.Text(), "~", "\n"))
		if err != nil {
			fmt.Println("error")
			continue
		}
		for _, field := range fields {
			fmt.Print("[", strings.ReplaceAll(field, "\n", "~"), "]")
		}
		fmt.Println()
	}
}
