package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if value, err := EvaluateExpression(in.Text()); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(value)
		}
	}
}
