import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

final class TopologicalSorter {
    private TopologicalSorter() {
    }

    static List<Integer> topologicalSort(int n, int[][] edges) {
        BitSet[] missing = missingPrerequisites(n, edges);
        BitSet open = new BitSet(n);
        open.set(0, n);
        List<Integer> order = new ArrayList<>(n);
        while (!open.isEmpty()) {
            int node = smallestFree(open, missing);
            if (node < 0) {
                throw new IllegalArgumentException("the dependencies contain a cycle");
            }
            open.clear(node);
            order.add(node);
            for (BitSet prerequisites : missing) {
                prerequisites.clear(node);
            }
        }
        return order;
    }

    private static BitSet[] missingPrerequisites(int n, int[][] edges) {
        if (n < 0) {
            throw new IllegalArgumentException("n must not be negative");
        }
        BitSet[] missing = new BitSet[n];
        for (int node = 0; node < n; node++) {
            missing[node] = new BitSet(n);
        }
        for (int[] edge : edges) {
            for (int node : edge) {
                if (node < 0 || node >= n) {
                    throw new IllegalArgumentException("unknown node " + node);
                }
            }
            missing[edge[1]].set(edge[0]);
        }
        return missing;
    }

    private static int smallestFree(BitSet open, BitSet[] missing) {
        return open.stream().filter(node -> missing[node].isEmpty()).findFirst().orElse(-1);
    }
}
