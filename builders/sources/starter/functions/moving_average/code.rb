def moving_average(values, window)
  raise ArgumentError, "window must be positive, got #{window}" unless window.positive?

  sum = 0.0
  values.each_with_index.with_object([]) do |(value, i), averages|
    sum += value
    sum -= values[i - window] if i >= window
    averages << sum / window if i >= window - 1
  end
end
