using System;
using System.Collections.Generic;

public static class Dependencies
{
    public static List<int> TopologicalSort(int n, IEnumerable<(int Before, int After)> edges)
    {
        if (n < 0)
            throw new ArgumentOutOfRangeException(nameof(n));

        var successors = new List<int>[n];
        for (int node = 0; node < n; node++)
            successors[node] = new List<int>();
        var waitingFor = new int[n];
        foreach (var edge in edges)
        {
            if (edge.Before < 0 || edge.Before >= n || edge.After < 0 || edge.After >= n)
                throw new ArgumentException("Edge " + edge + " names an unknown node.", nameof(edges));
            successors[edge.Before].Add(edge.After);
            waitingFor[edge.After]++;
        }

        var ready = new SortedSet<int>();
        for (int node = 0; node < n; node++)
        {
            if (waitingFor[node] == 0)
                ready.Add(node);
        }
        var order = new List<int>(n);
        while (ready.Count > 0)
        {
            int node = ready.Min;
            ready.Remove(node);
            order.Add(node);
            foreach (int after in successors[node])
            {
                if (--waitingFor[after] == 0)
                    ready.Add(after);
            }
        }
        if (order.Count != n)
            throw new InvalidOperationException("The dependencies contain a cycle.");
        return order;
    }
}
