import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
)

const maxNesting = 100

var (
	tokenPattern = regexp.MustCompile(`[0-9]+|[^ \t]`)
	precedence   = map[string]int{"+": 1, "-": 1, "*": 2, "/": 2}
)

func EvaluateExpression(text string) (int32, error) {
	value, rest, err := expression(tokenPattern.FindAllString(text, -1), 0, 0)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("unexpected %q", rest[0])
	}
	return int32(value), err
}

func expression(tokens []string, floor, nesting int) (int64, []string, error) {
	value, tokens, err := operand(tokens, nesting)
	for err == nil && len(tokens) > 0 && precedence[tokens[0]] > floor {
		operator, right := tokens[0], int64(0)
		right, tokens, err = expression(tokens[1:], precedence[operator], nesting)
		if err == nil {
			value, err = apply(operator, value, right)
		}
	}
	return value, tokens, err
}

func operand(tokens []string, nesting int) (value int64, rest []string, err error) {
	sign := int64(1)
	for len(tokens) > 0 && tokens[0] == "-" {
		sign, tokens = -sign, tokens[1:]
	}
	if len(tokens) > 0 && tokens[0] == "(" && nesting < maxNesting {
		value, rest, err = expression(tokens[1:], 0, nesting+1)
		if err == nil && (len(rest) == 0 || rest[0] != ")") {
			err = errors.New("missing closing parenthesis")
		}
	} else if len(tokens) > 0 {
		rest = tokens
		value, err = strconv.ParseInt(tokens[0], 10, 32)
	} else {
		err = errors.New("operand expected, found end of text")
	}
	if err != nil {
		return 0, nil, err
	}
	value, err = apply("*", sign, value)
	return value, rest[1:], err
}

func apply(operator string, left, right int64) (value int64, err error) {
	switch {
	case operator == "+":
		value = left + right
	case operator == "-":
		value = left - right
	case operator == "*":
		value = left * right
	case right == 0:
		return 0, errors.New("division by zero")
	default:
		value = left / right
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		return 0, errors.New("value does not fit in 32 bits")
	}
	return value, nil
}
