def edit_distance(left, right):
    pattern, text = sorted((left, right), key=len)
    if not pattern:
        return len(text)

    # One bit per character of the pattern: instead of a row of numbers, keep where a number is
    # one more (ups) or one less (downs) than the number before it.
    occurrences = {}
    for i, char in enumerate(pattern):
        occurrences[char] = occurrences.get(char, 0) | 1 << i
    every = (1 << len(pattern)) - 1
    last = 1 << (len(pattern) - 1)

    ups, downs = every, 0
    distance = len(pattern)
    for char in text:
        matches = occurrences.get(char, 0)
        free = (((matches & ups) + ups) ^ ups) | matches | downs
        grows = (downs | ~(free | ups)) & every
        shrinks = free & ups
        distance += bool(grows & last) - bool(shrinks & last)
        grows = grows << 1 | 1
        shrinks <<= 1
        ups = (shrinks | ~(free | grows)) & every
        downs = grows & free & every
    return distance
