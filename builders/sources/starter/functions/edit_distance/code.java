final class Levenshtein {
    private Levenshtein() {
    }

    static int editDistance(String left, String right) {
        int[] a = left.codePoints().toArray();
        int[] b = right.codePoints().toArray();
        return a.length >= b.length ? distance(a, b) : distance(b, a);
    }

    private static int distance(int[] longer, int[] shorter) {
        int[] previous = new int[shorter.length + 1];
        int[] current = new int[shorter.length + 1];
        for (int j = 0; j <= shorter.length; j++) {
            previous[j] = j;
        }
        for (int i = 0; i < longer.length; i++) {
            current[0] = i + 1;
            for (int j = 0; j < shorter.length; j++) {
                int replaced = previous[j] + (longer[i] == shorter[j] ? 0 : 1);
                int shifted = Math.min(previous[j + 1], current[j]) + 1;
                current[j + 1] = Math.min(replaced, shifted);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[shorter.length];
    }
}
