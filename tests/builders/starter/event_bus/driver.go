package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func run(steps []string) string {
	var bus EventBus[int]
	var log []string
	labels, payloads := 0, 0
	var step func(text string) error
	step = func(text string) error {
		topic := text[1:2]
		switch text[0] {
		case '+':
			labels++
			label := labels
			_, err := bus.Subscribe(topic, func(payload int) {
				log = append(log, fmt.Sprintf("%d:%d", label, payload))
				if len(text) > 2 {
					step(text[2:])
				}
			})
			return err
		case '-':
			token, _ := strconv.Atoi(text[1:])
			if bus.Unsubscribe(token) {
				log = append(log, "ok")
			} else {
				log = append(log, "no")
			}
		case '!':
			payloads++
			called := bus.Publish(topic, payloads)
			log = append(log, fmt.Sprintf("=%d", called))
		default:
			_, err := bus.Subscribe(topic, nil)
			return err
		}
		return nil
	}
	for _, text := range steps {
		if step(text) != nil {
			return "error"
		}
	}
	return strings.Join(log, " ")
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println(run(strings.Fields(in.Text())))
	}
}
