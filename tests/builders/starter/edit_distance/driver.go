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
		left, right, _ := strings.Cut(in.Text(), "|")
		distance, err := EditDistance(left, right)
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Println(distance)
	}
}
