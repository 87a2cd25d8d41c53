import (
	"fmt"
	"strings"
)

func WrapText(text string, width int) ([]string, error) {
	if width < 1 {
		return nil, fmt.Errorf("width must be at least 1, got %d", width)
	}

	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last >= 0 && len(lines[last])+1+len(word) <= width {
			lines[last] += " " + word
			continue
		}
		for len(word) > width {
			lines = append(lines, word[:width])
			word = word[width:]
		}
		lines = append(lines, word)
	}
	return lines, nil
}
