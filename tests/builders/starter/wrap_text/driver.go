package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		number, text, _ := strings.Cut(requests.Text(), " ")
		width, err := strconv.Atoi(number)
		if err != nil {
			panic(err)
		}
		lines, err := WrapText(text, width)
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Print(len(lines))
		for _, line := range lines {
			fmt.Print("|", line)
		}
		fmt.Println()
	}
}
