function normalize_path(string $path): string
{
    if ($path === '') {
        throw new InvalidArgumentException('The path is empty');
    }

    $absolute = $path[0] === '/';
    $parts = [];
    foreach (explode('/', $path) as $part) {
        if ($part === '' || $part === '.') {
            continue;
        }
        if ($part !== '..') {
            $parts[] = $part;
        } elseif ($parts && end($parts) !== '..') {
            array_pop($parts);
        } elseif (!$absolute) {
            $parts[] = $part;
        }
    }

    $joined = implode('/', $parts);
    if ($absolute) {
        return '/' . $joined;
    }

    // A path that boils down to "0" must not be taken for an empty one.
    return $joined === '' ? '.' : $joined;
}
