class LRUCache
  attr_reader :capacity

  def initialize(capacity)
    raise ArgumentError, "capacity must be at least 1, got #{capacity}" if capacity < 1

    @capacity = capacity
    @entries = {} # a Hash keeps insertion order: oldest first
  end

  def get(key)
    return unless @entries.key?(key)

    value = @entries.delete(key)
    @entries[key] = value
  end

  def put(key, value)
    @entries.delete(key)
    @entries[key] = value
    @entries.shift if @entries.size > capacity
    nil
  end
end
