final class ByteFormatter {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private ByteFormatter() {
    }

    static String formatBytes(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("byte count must not be negative: " + count);
        }
        if (count < 1024) {
            return count + " B";
        }
        long size = 1024;
        int index = 0;
        while (roundToTenths(count, size) >= 10_240) {
            size *= 1024;
            index++;
        }
        long tenths = roundToTenths(count, size);
        return tenths / 10 + "." + tenths % 10 + " " + UNITS[index];
    }

    // Halves both sides of (rest * 10 + size / 2) / size, which would overflow for exbibytes.
    private static long roundToTenths(long count, long size) {
        return count / size * 10 + (count % size * 5 + size / 4) / (size / 2);
    }
}
