import "errors"

type DoubleClickDetector struct {
	thresholdMillis int64
	onDoubleClick   func(timeMillis int64, button int)
	pending         bool
	firstMillis     int64
	firstButton     int
}

func NewDoubleClickDetector(thresholdMillis int64, onDoubleClick func(timeMillis int64, button int)) (*DoubleClickDetector, error) {
	if thresholdMillis < 1 {
		return nil, errors.New("double click: threshold must be at least 1 ms")
	}
	if onDoubleClick == nil {
		return nil, errors.New("double click: handler is missing")
	}
	return &DoubleClickDetector{thresholdMillis: thresholdMillis, onDoubleClick: onDoubleClick}, nil
}

func (d *DoubleClickDetector) Click(timeMillis int64, button int) error {
	if timeMillis < 0 {
		return errors.New("double click: time must not be negative")
	}
	completes := d.pending && button == d.firstButton &&
		timeMillis >= d.firstMillis && timeMillis-d.firstMillis <= d.thresholdMillis
	// Settled before the handler runs, which may panic or send more clicks.
	d.pending = !completes
	d.firstMillis, d.firstButton = timeMillis, button
	if completes {
		d.onDoubleClick(timeMillis, button)
	}
	return nil
}
