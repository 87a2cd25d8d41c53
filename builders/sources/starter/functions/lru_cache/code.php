final class LruCache
{
    /** @var array<int, int> oldest entry first, newest last */
    private array $entries = [];

    public function __construct(private int $capacity)
    {
        if ($capacity < 1) {
            throw new InvalidArgumentException("Capacity must be at least 1, got $capacity");
        }
    }

    public function get(int $key): ?int
    {
        if (!isset($this->entries[$key])) {
            return null;
        }
        $value = $this->entries[$key];
        unset($this->entries[$key]);
        return $this->entries[$key] = $value;
    }

    public function put(int $key, int $value): void
    {
        unset($this->entries[$key]);
        $this->entries[$key] = $value;
        if (count($this->entries) > $this->capacity) {
            unset($this->entries[array_key_first($this->entries)]);
        }
    }
}
