package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		encoded, err := RunLengthEncode(in.Text())
		if err != nil {
			encoded = "error"
		}
		fmt.Println(encoded)
	}
}
