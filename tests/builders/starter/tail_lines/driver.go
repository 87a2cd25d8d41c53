package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	const path = "tail_lines.tmp"
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	for input.Scan() {
		number, content, found := strings.Cut(input.Text(), "|")
		if found {
			os.WriteFile(path, []byte(strings.ReplaceAll(content, `\n`, "\n")), 0o600)
		}
		count, _ := strconv.Atoi(number)
		lines, err := TailLines(path, count)
		if err != nil {
			fmt.Println("error")
		} else {
			fmt.Printf("%d:", len(lines))
			for _, line := range lines {
				fmt.Printf(" [%s]", line)
			}
			fmt.Println()
		}
		os.Remove(path)
	}
}
