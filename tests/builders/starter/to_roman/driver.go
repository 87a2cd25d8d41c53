package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		number, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		roman, err := ToRoman(number)
		if err != nil {
			roman = "error"
		}
		fmt.Println(roman)
	}
}
