import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

final class TopologicalSorter {
    private TopologicalSorter() {
    }

    static List<Integer> topologicalSort(int n, int[][] edges) {
        if (n < 0) {
            throw new IllegalArgumentException("n must not be negative");
        }
        List<List<Integer>> successors = new ArrayList<>(n);
        for (int node = 0; node < n; node++) {
            successors.add(new ArrayList<>());
        }
        int[] waitingFor = new int[n];
        for (int[] edge : edges) {
            int before = edge[0];
            int after = edge[1];
            if (before < 0 || before >= n || after < 0 || after >= n) {
                throw new IllegalArgumentException("edge " + before + " -> " + after + " names an unknown node");
            }
            successors.get(before).add(after);
            waitingFor[after]++;
        }

        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int node = 0; node < n; node++) {
            if (waitingFor[node] == 0) {
                ready.add(node);
            }
        }
        List<Integer> order = new ArrayList<>(n);
        while (!ready.isEmpty()) {
            int node = ready.remove();
            order.add(node);
            for (int after : successors.get(node)) {
                if (--waitingFor[after] == 0) {
                    ready.add(after);
                }
            }
        }
        if (order.size() != n) {
            throw new IllegalArgumentException("the dependencies contain a cycle");
        }
        return order;
    }
}
