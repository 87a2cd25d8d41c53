final class MovingAverages {
    private MovingAverages() {
    }

    static double[] movingAverage(double[] values, int window) {
        if (window <= 0) {
            throw new IllegalArgumentException("window must be positive, got " + window);
        }
        // Blocks of one window each: a window is the tail of one block plus the head of the next,
        // so nothing is subtracted and rounding errors do not pile up.
        int n = values.length;
        double[] head = new double[n];
        double[] tail = new double[n];
        for (int i = 0; i < n; i++) {
            head[i] = values[i] + (i % window == 0 ? 0 : head[i - 1]);
        }
        for (int i = n - 1; i >= 0; i--) {
            boolean endsBlock = i == n - 1 || i % window == window - 1;
            tail[i] = values[i] + (endsBlock ? 0 : tail[i + 1]);
        }

        double[] averages = new double[Math.max(0, n - window + 1)];
        for (int start = 0; start < averages.length; start++) {
            double sum = start % window == 0 ? tail[start] : tail[start] + head[start + window - 1];
            averages[start] = sum / window;
        }
        return averages;
    }
}
