final class DoubleClickDetector
{
    /** @var array{int, int}|null time and button of a click that waits for its second */
    private ?array $pending = null;

    /** @param Closure(int, int): void $onDoubleClick receives the time and the button */
    public function __construct(private int $thresholdMs, private Closure $onDoubleClick)
    {
        if ($thresholdMs < 1) {
            throw new InvalidArgumentException('threshold must be at least 1 ms');
        }
    }

    public function click(int $timeMs, int $button): void
    {
        if ($timeMs < 0) {
            throw new InvalidArgumentException('time must not be negative');
        }
        $completes = $this->completes($timeMs, $button);
        // Settled before the handler runs, which may throw or send more clicks.
        $this->pending = $completes ? null : [$timeMs, $button];
        if ($completes) {
            ($this->onDoubleClick)($timeMs, $button);
        }
    }

    private function completes(int $timeMs, int $button): bool
    {
        if ($this->pending === null) {
            return false;
        }
        [$firstMs, $firstButton] = $this->pending;
        $gap = $timeMs - $firstMs;
        return $button === $firstButton && $gap >= 0 && $gap <= $this->thresholdMs;
    }
}
