import java.util.Arrays;

final class Levenshtein {
    private Levenshtein() {
    }

    static int editDistance(String left, String right) {
        int[] a = left.codePoints().toArray();
        int[] b = right.codePoints().toArray();
        int[] longer = a.length >= b.length ? a : b;
        int[] shorter = longer == a ? b : a;
        int limit = Math.max(1, longer.length - shorter.length);
        int distance = distanceWithin(limit, longer, shorter);
        while (distance > limit) {
            limit *= 2;
            distance = distanceWithin(limit, longer, shorter);
        }
        return distance;
    }

    // Exact when the distance is at most limit: cells further than that from the diagonal cannot matter.
    private static int distanceWithin(int limit, int[] longer, int[] shorter) {
        int unreachable = limit + 1;
        int[] previous = new int[shorter.length + 1];
        int[] current = new int[shorter.length + 1];
        Arrays.setAll(previous, j -> Math.min(j, unreachable));
        Arrays.fill(current, unreachable);

        for (int i = 1; i <= longer.length; i++) {
            int from = Math.max(1, i - limit);
            int to = Math.min(shorter.length, i + limit);
            current[from - 1] = from == 1 ? Math.min(i, unreachable) : unreachable;
            for (int j = from; j <= to; j++) {
                if (longer[i - 1] == shorter[j - 1]) {
                    current[j] = previous[j - 1];
                } else {
                    current[j] = 1 + Math.min(previous[j - 1], Math.min(previous[j], current[j - 1]));
                }
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[shorter.length];
    }
}
