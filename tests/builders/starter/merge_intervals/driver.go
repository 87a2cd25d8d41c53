package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func answer(line string) string {
	var intervals []Interval
	for _, word := range strings.Fields(line) {
		var next Interval
		fmt.Sscanf(word, "%d,%d", &next.Start, &next.End)
		intervals = append(intervals, next)
	}
	merged, err := MergeIntervals(intervals)
	if err != nil {
		return "error"
	}
	if len(merged) == 0 {
		return "none"
	}
	var out []string
	for _, m := range merged {
		out = append(out, fmt.Sprintf("%d,%d", m.Start, m.End))
	}
	return strings.Join(out, " ")
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println(answer(in.Text()))
	}
}
