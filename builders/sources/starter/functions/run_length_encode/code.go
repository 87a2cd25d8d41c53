import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

const digits = "0123456789"

var ErrDigit = errors.New("digits in the text cannot be told from counts")

func RunLengthEncode(text string) (string, error) {
	if strings.ContainsAny(text, digits) {
		return "", ErrDigit
	}
	var b strings.Builder
	for rest := text; rest != ""; {
		_, size := utf8.DecodeRuneInString(rest)
		symbol := rest[:size]
		count := 0
		for strings.HasPrefix(rest, symbol) {
			rest = rest[size:]
			count++
		}
		b.WriteString(symbol)
		b.WriteString(strconv.Itoa(count))
	}
	return b.String(), nil
}
