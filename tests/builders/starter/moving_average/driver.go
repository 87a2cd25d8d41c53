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
		fields := strings.Fields(in.Text())
		window, _ := strconv.Atoi(fields[0])
		var values []float64
		for _, field := range fields[1:] {
			value, _ := strconv.ParseFloat(field, 64)
			values = append(values, value)
		}
		averages, err := MovingAverage(values, window)
		if err != nil {
			fmt.Println("error")
			continue
		}
		shown := []string{}
		for _, average := range averages {
			shown = append(shown, fmt.Sprintf("%.4f", average))
		}
		fmt.Println("[" + strings.Join(shown, " ") + "]")
	}
}
