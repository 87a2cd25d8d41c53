package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var queue PriorityQueue[string]
		var out []string
		words := strings.Fields(lines.Text())
		for i := 0; i < len(words); i++ {
			switch words[i] {
			case "push":
				priority, _ := strconv.Atoi(words[i+2])
				queue.Push(words[i+1], priority)
				i += 2
			case "size":
				out = append(out, strconv.Itoa(queue.Size()))
			default:
				item, ok := queue.Pop()
				if !ok {
					item = "error"
				}
				out = append(out, item)
			}
		}
		fmt.Println(strings.Join(out, " "))
	}
}
