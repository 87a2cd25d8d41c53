package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		seconds, err := ParseDuration(lines.Text())
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Println(seconds)
	}
}
