import (
	"errors"
	"strings"
)

var (
	ErrUnclosedQuote  = errors.New("csv: unclosed quote")
	ErrMisplacedQuote = errors.New("csv: misplaced quote")
)

func ParseCSVLine(line string) ([]string, error) {
	var fields []string
	rest, more := line, true
	for more {
		var field string
		if strings.HasPrefix(rest, `"`) {
			var err error
			if field, rest, err = cutQuoted(rest[1:]); err != nil {
				return nil, err
			}
			if rest != "" && rest[0] != ',' {
				return nil, ErrMisplacedQuote
			}
			_, rest, more = strings.Cut(rest, ",")
		} else {
			field, rest, more = strings.Cut(rest, ",")
			if strings.Contains(field, `"`) {
				return nil, ErrMisplacedQuote
			}
		}
		fields = append(fields, field)
	}
	return fields, nil
}

func cutQuoted(text string) (field, rest string, err error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `"`)
		if !found {
			return "", "", ErrUnclosedQuote
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, nil
		}
		b.WriteByte('"')
		text = after[1:]
	}
}
