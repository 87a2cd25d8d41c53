final class TokenBucket
{
    private const UNITS_PER_TOKEN = 1000;

    private int $capacity;
    private int $level;
    private int $latestMs = 0;

    public function __construct(int $capacity, private int $refillPerSecond)
    {
        if ($capacity < 1 || $refillPerSecond < 1) {
            throw new InvalidArgumentException('capacity and refill rate must be at least 1');
        }
        // In thousandths of a token, one millisecond earns exactly $refillPerSecond units.
        $this->capacity = $capacity * self::UNITS_PER_TOKEN;
        $this->level = $this->capacity;
    }

    public function allow(int $nowMs, int $cost = 1): bool
    {
        if ($cost < 1) {
            throw new InvalidArgumentException('cost must be at least 1');
        }
        $this->refill($nowMs);
        $needed = $cost * self::UNITS_PER_TOKEN;
        if ($needed > $this->level) {
            return false;
        }
        $this->level -= $needed;
        return true;
    }

    private function refill(int $nowMs): void
    {
        $now = max($nowMs, $this->latestMs);
        $earned = ($now - $this->latestMs) * $this->refillPerSecond;
        $this->level = min($this->capacity, $this->level + $earned);
        $this->latestMs = $now;
    }
}
