final class EventBus
{
    /** @var array<string, array<int, callable>> */
    private array $handlers = [];
    /** @var array<int, string> */
    private array $topics = [];
    private int $lastToken = 0;

    public function subscribe(string $topic, callable $handler): int
    {
        $token = ++$this->lastToken;
        $this->handlers[$topic][$token] = $handler;
        $this->topics[$token] = $topic;
        return $token;
    }

    public function unsubscribe(int $token): bool
    {
        if (!isset($this->topics[$token])) {
            return false;
        }
        $topic = $this->topics[$token];
        unset($this->topics[$token], $this->handlers[$topic][$token]);
        if ($this->handlers[$topic] === []) {
            unset($this->handlers[$topic]);
        }
        return true;
    }

    public function publish(string $topic, mixed $payload = null): int
    {
        $called = 0;
        // foreach walks a copy of the array, whatever the handlers do to it.
        foreach ($this->handlers[$topic] ?? [] as $token => $handler) {
            if (isset($this->topics[$token])) {
                $handler($payload);
                $called++;
            }
        }
        return $called;
    }
}
