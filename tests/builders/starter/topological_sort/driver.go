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
		words := strings.Fields(in.Text())
		n, _ := strconv.Atoi(words[0])
		var edges [][2]int
		for _, word := range words[1:] {
			var edge [2]int
			fmt.Sscanf(word, "%d>%d", &edge[0], &edge[1])
			edges = append(edges, edge)
		}
		order, err := TopologicalSort(n, edges)
		if err != nil {
			fmt.Println("error")
			continue
		}
		fmt.Println(strings.Trim(fmt.Sprint(order), "[]"))
	}
}
