const BINARY_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function format_bytes(int $count): string
{
    if ($count < 0) {
        throw new InvalidArgumentException("Byte count must not be negative: $count");
    }
    if ($count < 1024) {
        return "$count B";
    }

    $size = 1024;
    $index = 0;
    while (round_to_tenths($count, $size) >= 10240) {
        $size *= 1024;
        $index++;
    }
    $tenths = round_to_tenths($count, $size);

    return sprintf('%d.%d %s', intdiv($tenths, 10), $tenths % 10, BINARY_UNITS[$index]);
}

// Works with halves, since ten times the remainder would not fit into an int for EiB.
function round_to_tenths(int $count, int $size): int
{
    $rest = $count % $size;

    return intdiv($count, $size) * 10 + intdiv($rest * 5 + intdiv($size, 4), intdiv($size, 2));
}
