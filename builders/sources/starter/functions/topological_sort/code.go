import (
	"container/heap"
	"errors"
	"fmt"
	"sort"
)

var ErrCycle = errors.New("the dependencies contain a cycle")

type intHeap struct{ sort.IntSlice }

func (h *intHeap) Push(x any) { h.IntSlice = append(h.IntSlice, x.(int)) }

func (h *intHeap) Pop() any {
	last := len(h.IntSlice) - 1
	node := h.IntSlice[last]
	h.IntSlice = h.IntSlice[:last]
	return node
}

func TopologicalSort(n int, edges [][2]int) ([]int, error) {
	if n < 0 {
		return nil, fmt.Errorf("invalid number of nodes: %d", n)
	}
	successors := make([][]int, n)
	waitingFor := make([]int, n)
	for _, edge := range edges {
		before, after := edge[0], edge[1]
		if before < 0 || before >= n || after < 0 || after >= n {
			return nil, fmt.Errorf("edge %d -> %d names an unknown node", before, after)
		}
		successors[before] = append(successors[before], after)
		waitingFor[after]++
	}

	// Ascending nodes already form a heap.
	ready := &intHeap{}
	for node, count := range waitingFor {
		if count == 0 {
			ready.IntSlice = append(ready.IntSlice, node)
		}
	}
	order := make([]int, 0, n)
	for ready.Len() > 0 {
		node := heap.Pop(ready).(int)
		order = append(order, node)
		for _, after := range successors[node] {
			if waitingFor[after]--; waitingFor[after] == 0 {
				heap.Push(ready, after)
			}
		}
	}
	if len(order) != n {
		return nil, ErrCycle
	}
	return order, nil
}
