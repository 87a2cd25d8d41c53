function compare_versions(string $left, string $right): int
{
    [$coreA, $prereleaseA] = parse_version($left);
    [$coreB, $prereleaseB] = parse_version($right);
    foreach ($coreA as $i => $number) {
        if ($order = compare_numbers($number, $coreB[$i])) {
            return $order;
        }
    }
    if (!$prereleaseA || !$prereleaseB) {
        return count($prereleaseB) <=> count($prereleaseA);
    }
    foreach ($prereleaseA as $i => $identifier) {
        if (!isset($prereleaseB[$i])) {
            return 1;
        }
        if ($order = compare_identifiers($identifier, $prereleaseB[$i])) {
            return $order;
        }
    }
    return count($prereleaseA) <=> count($prereleaseB);
}

function parse_version(string $version): array
{
    $list = '[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*';
    if (!preg_match("/\A(\d+\.\d+\.\d+)(?:-($list))?(?:\+$list)?\z/", $version, $match)) {
        throw new InvalidArgumentException("Malformed version: $version");
    }
    $core = explode('.', $match[1]);
    $prerelease = isset($match[2]) ? explode('.', $match[2]) : [];
    if (preg_grep('/\A0\d+\z/', [...$core, ...$prerelease])) {
        throw new InvalidArgumentException("Leading zero in version: $version");
    }
    return [$core, $prerelease];
}

function compare_identifiers(string $a, string $b): int
{
    if (ctype_digit($a) !== ctype_digit($b)) {
        return ctype_digit($a) ? -1 : 1;
    }
    return ctype_digit($a) ? compare_numbers($a, $b) : strcmp($a, $b) <=> 0;
}

function compare_numbers(string $a, string $b): int
{
    // <=> on the strings would turn long numbers into floats.
    return strlen($a) <=> strlen($b) ?: strcmp($a, $b) <=> 0;
}
