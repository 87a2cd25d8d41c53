import (
	"fmt"
	"time"
)

const secondsPerDay = 24 * 60 * 60

func parseDay(text string) (time.Time, error) {
	day, err := time.Parse("2006-01-02", text)
	if err == nil && day.Year() < 1 {
		err = fmt.Errorf("year out of range: %q", text)
	}
	return day, err
}

func BusinessDaysBetween(start, end string) (int, error) {
	first, err := parseDay(start)
	if err != nil {
		return 0, err
	}
	stop, err := parseDay(end)
	if err != nil {
		return 0, err
	}
	if first.After(stop) {
		return 0, fmt.Errorf("start %s is after end %s", start, end)
	}

	// A time.Duration would overflow after 292 years.
	days := int((stop.Unix() - first.Unix()) / secondsPerDay)
	weekday := (int(first.Weekday()) + 6) % 7 // Monday is 0
	count := days / 7 * 5
	for i := 0; i < days%7; i++ {
		if (weekday+i)%7 < 5 {
			count++
		}
	}
	return count, nil
}
