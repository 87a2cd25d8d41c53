import "fmt"

func MovingAverage(values []float64, window int) ([]float64, error) {
	if window <= 0 {
		return nil, fmt.Errorf("moving average: window must be positive, got %d", window)
	}
	if len(values) < window {
		return []float64{}, nil
	}
	averages := make([]float64, 0, len(values)-window+1)
	sum := 0.0
	for i, value := range values {
		sum += value
		if i >= window {
			sum -= values[i-window]
		}
		if i >= window-1 {
			averages = append(averages, sum/float64(window))
		}
	}
	return averages, nil
}
