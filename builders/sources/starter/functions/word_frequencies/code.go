import (
	"errors"
	"regexp"
	"sort"
	"strings"
)

type WordCount struct {
	Word  string
	Count int
}

// An apostrophe belongs to a word only between two of its other characters.
var wordPattern = regexp.MustCompile(`[a-z0-9[:^ascii:]]+(?:'[a-z0-9[:^ascii:]]+)*`)

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

func WordFrequencies(text string, k int) ([]WordCount, error) {
	if k < 0 {
		return nil, errors.New("k must not be negative")
	}
	counts := map[string]int{}
	for _, word := range wordPattern.FindAllString(strings.Map(lowerASCII, text), -1) {
		counts[word]++
	}
	ranked := make([]WordCount, 0, len(counts))
	for word, count := range counts {
		ranked = append(ranked, WordCount{word, count})
	}
	sort.Slice(ranked, func(i, j int) bool {
		if ranked[i].Count != ranked[j].Count {
			return ranked[i].Count > ranked[j].Count
		}
		return ranked[i].Word < ranked[j].Word
	})
	if k < len(ranked) {
		ranked = ranked[:k]
	}
	return ranked, nil
}
