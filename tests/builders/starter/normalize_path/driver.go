package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		path, err := NormalizePath(lines.Text())
		if err != nil {
			path = "error"
		}
		fmt.Println(path)
	}
}
