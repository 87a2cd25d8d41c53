function parseCsvLine(string $line): array
{
    $fields = [];
    $length = strlen($line);
    $offset = 0;
    do {
        if (($line[$offset] ?? '') === '"') {
            $offset++;
            $fields[] = readQuotedField($line, $offset);
        } else {
            $size = strcspn($line, ',"', $offset);
            $fields[] = substr($line, $offset, $size);
            $offset += $size;
        }
        if ($offset < $length && $line[$offset] !== ',') {
            throw new InvalidArgumentException("Expected a comma at offset $offset");
        }
    } while ($offset++ < $length);
    return $fields;
}

function readQuotedField(string $line, int &$offset): string
{
    $value = '';
    while (($quote = strpos($line, '"', $offset)) !== false) {
        $value .= substr($line, $offset, $quote - $offset);
        $offset = $quote + 1;
        if (($line[$offset] ?? '') !== '"') {
            return $value;
        }
        $value .= '"';
        $offset++;
    }
    throw new InvalidArgumentException('Unclosed quote');
}
