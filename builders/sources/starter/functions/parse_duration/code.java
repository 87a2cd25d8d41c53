final class DurationParser {
    private static final String UNITS = "dhms";
    private static final long[] SECONDS_PER_UNIT = {86_400, 3_600, 60, 1};
    private static final int MAX_DIGITS = 9;

    private DurationParser() {
    }

    static long parseDuration(String text) {
        long total = 0;
        long number = 0;
        int digits = 0;
        int nextUnit = 0;
        for (char c : text.toCharArray()) {
            if (c >= '0' && c <= '9' && digits < MAX_DIGITS) {
                number = number * 10 + (c - '0');
                digits++;
                continue;
            }
            int unit = UNITS.indexOf(c, nextUnit);
            if (unit < 0 || digits == 0) {
                throw invalid(text);
            }
            total += number * SECONDS_PER_UNIT[unit];
            nextUnit = unit + 1;
            number = 0;
            digits = 0;
        }
        if (digits > 0 || nextUnit == 0) {
            throw invalid(text);
        }
        return total;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("invalid duration: \"" + text + "\"");
    }
}
