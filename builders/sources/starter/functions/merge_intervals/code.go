import (
	"fmt"
	"sort"
)

type Interval struct {
	Start, End int
}

func MergeIntervals(intervals []Interval) ([]Interval, error) {
	sorted := append([]Interval(nil), intervals...)
	sort.Slice(sorted, func(i, j int) bool {
		return sorted[i].Start < sorted[j].Start
	})

	var merged []Interval
	for _, next := range sorted {
		if next.Start > next.End {
			return nil, fmt.Errorf("interval starts after it ends: %d > %d", next.Start, next.End)
		}
		if len(merged) == 0 || next.Start > merged[len(merged)-1].End {
			merged = append(merged, next)
			continue
		}
		last := &merged[len(merged)-1]
		if next.End > last.End {
			last.End = next.End
		}
	}
	return merged, nil
}
