import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;

final class ByteFormatter {
    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
    private static final BigDecimal STEP = BigDecimal.valueOf(1024);

    private ByteFormatter() {
    }

    static String formatBytes(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("byte count must not be negative: " + count);
        }
        if (count < 1024) {
            return count + " B";
        }
        BigDecimal value = BigDecimal.valueOf(count);
        Iterator<String> units = UNITS.iterator();
        BigDecimal rounded;
        String unit;
        do {
            value = value.divide(STEP);
            rounded = value.setScale(1, RoundingMode.HALF_UP);
            unit = units.next();
        } while (rounded.compareTo(STEP) >= 0);
        return rounded.toPlainString() + " " + unit;
    }
}
