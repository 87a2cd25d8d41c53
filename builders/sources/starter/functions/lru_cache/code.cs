using System;
using System.Collections.Generic;

public sealed class LruCache
{
    private sealed class Entry
    {
        public int Key;
        public int Value;
    }

    private readonly int capacity;
    // The first node holds the most recently used entry.
    private readonly LinkedList<Entry> order = new LinkedList<Entry>();
    private readonly Dictionary<int, LinkedListNode<Entry>> nodes = new Dictionary<int, LinkedListNode<Entry>>();

    public LruCache(int capacity)
    {
        if (capacity < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "Capacity must be at least 1.");
        }
        this.capacity = capacity;
    }

    public bool TryGet(int key, out int value)
    {
        if (!nodes.TryGetValue(key, out var node))
        {
            value = 0;
            return false;
        }
        MoveToFront(node);
        value = node.Value.Value;
        return true;
    }

    public void Put(int key, int value)
    {
        if (nodes.TryGetValue(key, out var node))
        {
            node.Value.Value = value;
            MoveToFront(node);
            return;
        }
        if (nodes.Count == capacity)
        {
            nodes.Remove(order.Last.Value.Key);
            order.RemoveLast();
        }
        nodes[key] = order.AddFirst(new Entry { Key = key, Value = value });
    }

    private void MoveToFront(LinkedListNode<Entry> node)
    {
        order.Remove(node);
        order.AddFirst(node);
    }
}
