using System;
using System.Collections.Generic;

public sealed class PriorityQueue<T>
{
    private struct Entry
    {
        public T Item;
        public int Priority;
        public long Order;
    }

    private readonly List<Entry> heap = new List<Entry>();
    private long pushed;

    public int Count => heap.Count;

    public void Push(T item, int priority)
    {
        heap.Add(new Entry { Item = item, Priority = priority, Order = pushed++ });
        int child = heap.Count - 1;
        while (child > 0 && IsBefore(child, (child - 1) / 2))
        {
            Swap(child, (child - 1) / 2);
            child = (child - 1) / 2;
        }
    }

    public T Pop()
    {
        if (heap.Count == 0)
        {
            throw new InvalidOperationException("The queue is empty.");
        }
        T item = heap[0].Item;
        Swap(0, heap.Count - 1);
        heap.RemoveAt(heap.Count - 1);
        for (int parent = 0; ;)
        {
            int first = parent, left = 2 * parent + 1, right = left + 1;
            if (left < heap.Count && IsBefore(left, first)) first = left;
            if (right < heap.Count && IsBefore(right, first)) first = right;
            if (first == parent) return item;
            Swap(first, parent);
            parent = first;
        }
    }

    private bool IsBefore(int a, int b)
    {
        Entry x = heap[a], y = heap[b];
        return x.Priority == y.Priority ? x.Order < y.Order : x.Priority < y.Priority;
    }

    private void Swap(int a, int b)
    {
        Entry kept = heap[a];
        heap[a] = heap[b];
        heap[b] = kept;
    }
}
