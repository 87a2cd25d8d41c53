import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

func ParseQueryString(query string) (map[string][]string, error) {
	params := make(map[string][]string)
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		parts := strings.SplitN(pair, "=", 2)
		key, err := decodeComponent(parts[0])
		if err != nil {
			return nil, err
		}
		value := ""
		if len(parts) > 1 {
			if value, err = decodeComponent(parts[1]); err != nil {
				return nil, err
			}
		}
		params[key] = append(params[key], value)
	}
	return params, nil
}

func decodeComponent(text string) (string, error) {
	decoded, err := url.QueryUnescape(text)
	if err != nil {
		return "", fmt.Errorf("parse query string: %w", err)
	}
	if !utf8.ValidString(decoded) {
		return "", fmt.Errorf("parse query string: %q is not valid UTF-8", decoded)
	}
	return decoded, nil
}
