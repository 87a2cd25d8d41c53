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
		dates := strings.SplitN(in.Text(), ",", 2)
		if count, err := BusinessDaysBetween(dates[0], dates[1]); err != nil {
			fmt.Println("error")
		} else {
			fmt.Println(count)
		}
	}
}
