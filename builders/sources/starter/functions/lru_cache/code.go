import (
	"container/list"
	"fmt"
)

type lruEntry struct {
	key, value int
}

type LRUCache struct {
	capacity int
	order    *list.List // front is the most recently used entry
	elements map[int]*list.Element
}

func NewLRUCache(capacity int) (*LRUCache, error) {
	if capacity < 1 {
		return nil, fmt.Errorf("lru cache: capacity must be at least 1, got %d", capacity)
	}
	return &LRUCache{
		capacity: capacity,
		order:    list.New(),
		elements: make(map[int]*list.Element),
	}, nil
}

func (c *LRUCache) Get(key int) (int, bool) {
	element, ok := c.elements[key]
	if !ok {
		return 0, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*lruEntry).value, true
}

func (c *LRUCache) Put(key, value int) {
	if element, ok := c.elements[key]; ok {
		element.Value.(*lruEntry).value = value
		c.order.MoveToFront(element)
		return
	}
	if c.order.Len() == c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*lruEntry)
		delete(c.elements, oldest.key)
	}
	c.elements[key] = c.order.PushFront(&lruEntry{key, value})
}
