const BLOCK_SIZE = 8192;

/** @return list<string> */
function tail_lines(string $path, int $count): array
{
    if ($count < 0) {
        throw new InvalidArgumentException("The count must not be negative: $count");
    }
    $stream = is_file($path) ? fopen($path, 'rb') : false;
    if ($stream === false) {
        throw new RuntimeException("Cannot open $path");
    }

    try {
        $size = fstat($stream)['size'];
        $offset = tail_offset($stream, $size, $count);
        $text = read_at($stream, $offset, $size - $offset);
    } finally {
        fclose($stream);
    }
    if ($text === '') {
        return [];
    }
    return explode("\n", str_ends_with($text, "\n") ? substr($text, 0, -1) : $text);
}

/** @param resource $stream */
function tail_offset($stream, int $size, int $count): int
{
    if ($count === 0) {
        return $size;
    }

    $position = $size - 1;
    while ($position > 0) {
        $length = min(BLOCK_SIZE, $position);
        $position -= $length;
        $block = read_at($stream, $position, $length);
        for ($i = $length - 1; $i >= 0; $i--) {
            if ($block[$i] === "\n" && --$count === 0) {
                return $position + $i + 1;
            }
        }
    }
    return 0;
}

/** @param resource $stream */
function read_at($stream, int $position, int $length): string
{
    $data = stream_get_contents($stream, $length, $position);
    if ($data === false || strlen($data) !== $length) {
        throw new RuntimeException("Cannot read $length bytes at $position");
    }
    return $data;
}
