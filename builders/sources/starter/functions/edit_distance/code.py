def edit_distance(left, right):
    if len(left) < len(right):
        left, right = right, left
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left):
        current = [i + 1]
        for j, b in enumerate(right):
            current.append(min(
                previous[j + 1] + 1,
                current[j] + 1,
                previous[j] + (a != b),
            ))
        previous = current
    return previous[-1]
