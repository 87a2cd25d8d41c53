package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func answer(words []string) string {
	number := func(i int) int {
		n, _ := strconv.Atoi(words[i])
		return n
	}
	cache, err := NewLRUCache(number(0))
	if err != nil {
		return "error"
	}
	var out []string
	for i := 1; i < len(words); {
		if words[i] == "put" {
			cache.Put(number(i+1), number(i+2))
			i += 3
			continue
		}
		if value, ok := cache.Get(number(i + 1)); ok {
			out = append(out, strconv.Itoa(value))
		} else {
			out = append(out, "none")
		}
		i += 2
	}
	return strings.Join(out, " ")
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println(answer(strings.Fields(in.Text())))
	}
}
