package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		params, err := ParseQueryString(in.Text())
		if err != nil {
			fmt.Println("error")
			continue
		}
		keys := []string{}
		for key := range params {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		shown := []string{}
		for _, key := range keys {
			shown = append(shown, key+"=["+strings.Join(params[key], "|")+"]")
		}
		fmt.Println("{" + strings.Join(shown, " ") + "}")
	}
}
