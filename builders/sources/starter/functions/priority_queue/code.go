type entry[T any] struct {
	item     T
	priority int
	sequence uint64
}

// The zero value is an empty queue.
type PriorityQueue[T any] struct {
	heap   []entry[T]
	pushed uint64
}

func (q *PriorityQueue[T]) Size() int {
	return len(q.heap)
}

func (q *PriorityQueue[T]) Push(item T, priority int) {
	q.heap = append(q.heap, entry[T]{item, priority, q.pushed})
	q.pushed++
	child := len(q.heap) - 1
	for child > 0 && q.before(child, (child-1)/2) {
		parent := (child - 1) / 2
		q.heap[child], q.heap[parent] = q.heap[parent], q.heap[child]
		child = parent
	}
}

func (q *PriorityQueue[T]) Pop() (item T, ok bool) {
	if len(q.heap) == 0 {
		return item, false
	}
	last := len(q.heap) - 1
	item = q.heap[0].item
	q.heap[0] = q.heap[last]
	q.heap[last] = entry[T]{} // lets the garbage collector have the item
	q.heap = q.heap[:last]
	for parent := 0; ; {
		first, left, right := parent, 2*parent+1, 2*parent+2
		if left < len(q.heap) && q.before(left, first) {
			first = left
		}
		if right < len(q.heap) && q.before(right, first) {
			first = right
		}
		if first == parent {
			return item, true
		}
		q.heap[first], q.heap[parent] = q.heap[parent], q.heap[first]
		parent = first
	}
}

func (q *PriorityQueue[T]) before(a, b int) bool {
	x, y := &q.heap[a], &q.heap[b]
	return x.priority < y.priority || x.priority == y.priority && x.sequence < y.sequence
}
