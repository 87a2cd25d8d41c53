import (
	"errors"
	"unicode/utf8"
)

func EditDistance(left, right string) (int, error) {
	if !utf8.ValidString(left) || !utf8.ValidString(right) {
		return 0, errors.New("edit distance: text is not valid UTF-8")
	}
	longer, shorter := []rune(left), []rune(right)
	if len(longer) < len(shorter) {
		longer, shorter = shorter, longer
	}
	previous := make([]int, len(shorter)+1)
	current := make([]int, len(shorter)+1)
	for j := range previous {
		previous[j] = j
	}
	for i, a := range longer {
		current[0] = i + 1
		for j, b := range shorter {
			best := previous[j]
			if a != b {
				best++
			}
			if removed := previous[j+1] + 1; removed < best {
				best = removed
			}
			if inserted := current[j] + 1; inserted < best {
				best = inserted
			}
			current[j+1] = best
		}
		previous, current = current, previous
	}
	return previous[len(shorter)], nil
}
