import (
	"fmt"
	"strconv"
	"strings"
)

var durationUnits = []struct {
	symbol  string
	seconds int64
}{
	{"d", 86400},
	{"h", 3600},
	{"m", 60},
	{"s", 1},
}

const maxDurationDigits = 9

func ParseDuration(text string) (int64, error) {
	var total int64
	rest := text
	for _, unit := range durationUnits {
		digits, after, found := strings.Cut(rest, unit.symbol)
		if !found {
			continue
		}
		if len(digits) > maxDurationDigits {
			return 0, fmt.Errorf("number too long in duration %q", text)
		}
		number, err := strconv.ParseUint(digits, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("invalid duration %q: %w", text, err)
		}
		total += int64(number) * unit.seconds
		rest = after
	}
	if rest == text || rest != "" {
		return 0, fmt.Errorf("invalid duration %q", text)
	}
	return total, nil
}
