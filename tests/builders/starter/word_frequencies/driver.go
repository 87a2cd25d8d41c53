package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		limit, text, _ := strings.Cut(in.Text(), " ")
		k, _ := strconv.Atoi(limit)
		counts, err := WordFrequencies(text, k)
		var out []string
		for _, c := range counts {
			out = append(out, fmt.Sprintf("%s:%d", c.Word, c.Count))
		}
		switch {
		case err != nil:
			fmt.Println("error")
		case len(out) == 0:
			fmt.Println("none")
		default:
			fmt.Println(strings.Join(out, " "))
		}
	}
}
