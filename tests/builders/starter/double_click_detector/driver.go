package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func report(n []int) string {
	var out []string
	detector, err := NewDoubleClickDetector(int64(n[0]), func(timeMillis int64, button int) {
		out = append(out, fmt.Sprintf("%d:%d", timeMillis, button))
	})
	for i := 1; err == nil && i < len(n); i += 2 {
		err = detector.Click(int64(n[i]), n[i+1])
	}
	if err != nil {
		return "error"
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, " ")
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var n []int
		for _, f := range strings.Fields(in.Text()) {
			v, _ := strconv.Atoi(f)
			n = append(n, v)
		}
		fmt.Println(report(n))
	}
}
