class TokenBucket
  UNITS_PER_TOKEN = 1000

  def initialize(capacity, refill_per_second)
    if capacity < 1 || refill_per_second < 1
      raise ArgumentError, 'capacity and refill rate must be at least 1'
    end

    # In thousandths of a token, one millisecond earns exactly @rate units.
    @capacity = capacity * UNITS_PER_TOKEN
    @rate = refill_per_second
    @level = @capacity
    @latest_ms = 0
  end

  def allow?(now_ms, cost = 1)
    raise ArgumentError, 'cost must be at least 1' if cost < 1

    refill(now_ms)
    needed = cost * UNITS_PER_TOKEN
    return false if needed > @level

    @level -= needed
    true
  end

  private

  def refill(now_ms)
    now = [now_ms, @latest_ms].max
    earned = (now - @latest_ms) * @rate
    @level = [@capacity, @level + earned].min
    @latest_ms = now
  end
end
