final class MovingAverages {
    private MovingAverages() {
    }

    static double[] movingAverage(double[] values, int window) {
        if (window <= 0) {
            throw new IllegalArgumentException("window must be positive, got " + window);
        }
        if (values.length < window) {
            return new double[0];
        }
        double[] averages = new double[values.length - window + 1];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i];
            if (i >= window) {
                sum -= values[i - window];
            }
            if (i >= window - 1) {
                averages[i - window + 1] = sum / window;
            }
        }
        return averages;
    }
}
