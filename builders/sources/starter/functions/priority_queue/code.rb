class PriorityQueue
  Entry = Struct.new(:item, :priority, :sequence) do
    def before?(other)
      priority == other.priority ? sequence < other.sequence : priority < other.priority
    end
  end

  def initialize
    @heap = []
    @pushed = 0
  end

  def size
    @heap.size
  end

  def push(item, priority)
    @heap.push(Entry.new(item, priority, @pushed))
    @pushed += 1
    sift_up(@heap.size - 1)
    self
  end

  def pop
    raise IndexError, "pop from an empty priority queue" if @heap.empty?

    swap(0, -1)
    item = @heap.pop.item
    sift_down(0)
    item
  end

  private

  def sift_up(child)
    while child.positive? && @heap[child].before?(@heap[(child - 1) / 2])
      swap(child, (child - 1) / 2)
      child = (child - 1) / 2
    end
  end

  def sift_down(parent)
    loop do
      first = parent
      left = 2 * parent + 1
      right = left + 1
      first = left if left < @heap.size && @heap[left].before?(@heap[first])
      first = right if right < @heap.size && @heap[right].before?(@heap[first])
      return if first == parent

      swap(first, parent)
      parent = first
    end
  end

  def swap(a, b)
    @heap[a], @heap[b] = @heap[b], @heap[a]
  end
end
