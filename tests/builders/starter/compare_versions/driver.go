package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		versions := strings.Fields(in.Text())
		order, err := CompareVersions(versions[0], versions[1])
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Println(order)
	}
}
