package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func answer(n []int) string {
	bucket, err := NewTokenBucket(n[0], n[1])
	if err != nil {
		return "error"
	}
	var out []string
	for i := 2; i < len(n); i += 2 {
		ok, err := bucket.Allow(int64(n[i]), n[i+1])
		if err != nil {
			return "error"
		}
		out = append(out, map[bool]string{true: "yes", false: "no"}[ok])
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
		fmt.Println(answer(n))
	}
}
