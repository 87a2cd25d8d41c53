import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

const list = `[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`

var (
	versionPattern = regexp.MustCompile(`^([0-9]+)\.([0-9]+)\.([0-9]+)(?:-(` + list + `))?(?:\+` + list + `)?$`)
	numberPattern  = regexp.MustCompile(`^[0-9]+$`)
)

func CompareVersions(left, right string) (int, error) {
	a, err := parseVersion(left)
	if err != nil {
		return 0, err
	}
	b, err := parseVersion(right)
	if err != nil {
		return 0, err
	}
	for i := 0; i < len(a) && i < len(b); i++ {
		compare := compareIdentifiers
		if i < 3 {
			compare = compareNumbers
		}
		if order := compare(a[i], b[i]); order != 0 {
			return order, nil
		}
	}
	switch {
	case len(a) == len(b):
		return 0, nil
	case len(a) == 3 || len(b) != 3 && len(a) > len(b):
		return 1, nil
	}
	return -1, nil
}

// The three core numbers come first, then the pre-release identifiers.
func parseVersion(version string) ([]string, error) {
	match := versionPattern.FindStringSubmatch(version)
	if match == nil {
		return nil, fmt.Errorf("malformed version %q", version)
	}
	parts := match[1:4:4]
	if match[4] != "" {
		parts = append(parts, strings.Split(match[4], ".")...)
	}
	for _, part := range parts {
		if len(part) > 1 && part[0] == '0' && numberPattern.MatchString(part) {
			return nil, fmt.Errorf("leading zero in version %q", version)
		}
	}
	return parts, nil
}

func compareIdentifiers(a, b string) int {
	aNumeric, bNumeric := numberPattern.MatchString(a), numberPattern.MatchString(b)
	switch {
	case aNumeric && bNumeric:
		return compareNumbers(a, b)
	case aNumeric:
		return -1
	case bNumeric:
		return 1
	}
	return strings.Compare(a, b)
}

func compareNumbers(a, b string) int {
	x, _ := new(big.Int).SetString(a, 10)
	y, _ := new(big.Int).SetString(b, 10)
	return x.Cmp(y)
}
