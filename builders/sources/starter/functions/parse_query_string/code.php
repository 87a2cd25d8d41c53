function parse_query_string(string $query): array
{
    $params = [];
    foreach (explode('&', $query) as $pair) {
        if ($pair === '') {
            continue;
        }
        $parts = explode('=', $pair, 2);
        $key = decode_query_component($parts[0]);
        $params[$key][] = decode_query_component($parts[1] ?? '');
    }
    return $params;
}

function decode_query_component(string $text): string
{
    // urldecode() leaves a broken escape as it is, so look for one first.
    if (preg_match('/%(?![0-9A-Fa-f]{2})/', $text)) {
        throw new InvalidArgumentException("Malformed percent escape in '$text'");
    }
    $decoded = urldecode($text);
    if (!preg_match('//u', $decoded)) {
        throw new InvalidArgumentException("Escapes in '$text' are not valid UTF-8");
    }
    return $decoded;
}
