import (
	"errors"
	"fmt"
	"time"
)

const (
	minYear = 1
	maxYear = 9999
)

var ErrYearRange = errors.New("result is outside the years 1 to 9999")

// daysInMonth relies on time.Date turning day 0 into the last day of the month before.
func daysInMonth(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func AddMonths(year, month, day, months int) (y, m, d int, err error) {
	if year < minYear || year > maxYear || month < 1 || month > 12 ||
		day < 1 || day > daysInMonth(year, month) {
		return 0, 0, 0, fmt.Errorf("no such date: %d-%d-%d", year, month, day)
	}

	index := year*12 + month - 1 + months
	if index < minYear*12 || index >= (maxYear+1)*12 {
		return 0, 0, 0, ErrYearRange
	}

	targetYear, targetMonth := index/12, index%12+1
	lastDay := daysInMonth(targetYear, targetMonth)
	if day > lastDay {
		day = lastDay
	}
	return targetYear, targetMonth, day, nil
}
