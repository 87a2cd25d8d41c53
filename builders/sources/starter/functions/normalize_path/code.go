import (
	"errors"
	"strings"
)

var ErrEmptyPath = errors.New("path is empty")

func NormalizePath(path string) (string, error) {
	if path == "" {
		return "", ErrEmptyPath
	}

	absolute := strings.HasPrefix(path, "/")
	var parts []string
	for _, part := range strings.Split(path, "/") {
		last := len(parts) - 1
		switch {
		case part == "" || part == ".":
			continue
		case part != "..":
			parts = append(parts, part)
		case last >= 0 && parts[last] != "..":
			parts = parts[:last]
		case !absolute:
			parts = append(parts, part)
		}
	}

	joined := strings.Join(parts, "/")
	if absolute {
		return "/" + joined, nil
	}
	if joined == "" {
		return ".", nil
	}
	return joined, nil
}
