def moving_average(values, window):
    if window < 1:
        raise ValueError(f"window must be positive, got {window}")
    averages = []
    total = 0
    for i, value in enumerate(values):
        total += value
        if i >= window:
            total -= values[i - window]
        if i >= window - 1:
            averages.append(total / window)
    return averages
