final class ExpressionEvaluator
{
    private const PRECEDENCE = ['+' => 1, '-' => 1, '*' => 2, '/' => 2];
    private const MAX_NESTING = 100;

    /** @param string[] $tokens in reverse order, the next one last */
    private function __construct(private array $tokens)
    {
    }

    public static function evaluate(string $text): int
    {
        preg_match_all('/[0-9]+|[^ \t]/', $text, $matches);
        $evaluator = new self(array_reverse($matches[0]));
        $value = $evaluator->expression(0, 0);
        if ($evaluator->tokens) {
            throw new InvalidArgumentException('unexpected ' . end($evaluator->tokens));
        }
        return $value;
    }

    private function expression(int $floor, int $nesting): int
    {
        $value = $this->operand($nesting);
        while ((self::PRECEDENCE[end($this->tokens)] ?? 0) > $floor) {
            $operator = array_pop($this->tokens);
            $right = $this->expression(self::PRECEDENCE[$operator], $nesting);
            $value = self::checked(match ($operator) {
                '+' => $value + $right,
                '-' => $value - $right,
                '*' => $value * $right,
                '/' => intdiv($value, $right),
            });
        }
        return $value;
    }

    private function operand(int $nesting): int
    {
        $negative = false;
        for (; end($this->tokens) === '-'; array_pop($this->tokens)) {
            $negative = !$negative;
        }
        $token = array_pop($this->tokens) ?? 'end of text';
        if ($token === '(' && $nesting < self::MAX_NESTING) {
            $value = $this->expression(0, $nesting + 1);
            if (array_pop($this->tokens) !== ')') {
                throw new InvalidArgumentException('missing closing parenthesis');
            }
        } elseif (ctype_digit($token)) {
            $value = self::checked((int) $token);
        } else {
            throw new InvalidArgumentException("operand expected, found $token");
        }
        return $negative ? self::checked(-$value) : $value;
    }

    private static function checked(int $value): int
    {
        if ($value < -0x80000000 || $value > 0x7FFFFFFF) {
            throw new OverflowException('value does not fit in 32 bits');
        }
        return $value;
    }
}
