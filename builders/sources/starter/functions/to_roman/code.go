import (
	"fmt"
	"strings"
)

var romanNumerals = []struct {
	value  int
	symbol string
}{
	{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"},
	{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"},
	{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
}

func ToRoman(number int) (string, error) {
	if number < 1 || number > 3999 {
		return "", fmt.Errorf("number must be between 1 and 3999, got %d", number)
	}

	var roman strings.Builder
	for _, numeral := range romanNumerals {
		for number >= numeral.value {
			roman.WriteString(numeral.symbol)
			number -= numeral.value
		}
	}
	return roman.String(), nil
}
