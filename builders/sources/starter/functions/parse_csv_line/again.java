import java.util.ArrayList;
import java.util.List;

final class CsvLineParser {
    private static final char QUOTE = '"';

    private CsvLineParser() {
    }

    static List<String> parseCsvLine(String line) {
        List<String> fields = new ArrayList<>();
        int start = 0;
        while (true) {
            int end = isQuoteAt(line, start) ? closingQuote(line, start) + 1 : plainEnd(line, start);
            if (end < line.length() && line.charAt(end) != ',') {
                throw new IllegalArgumentException("expected a comma at index " + end);
            }
            fields.add(decode(line.substring(start, end)));
            if (end == line.length()) {
                return fields;
            }
            start = end + 1;
        }
    }

    private static int closingQuote(String line, int open) {
        int quote = line.indexOf(QUOTE, open + 1);
        while (quote >= 0 && isQuoteAt(line, quote + 1)) {
            quote = line.indexOf(QUOTE, quote + 2);
        }
        if (quote < 0) {
            throw new IllegalArgumentException("quote at index " + open + " is not closed");
        }
        return quote;
    }

    private static int plainEnd(String line, int start) {
        int end = start;
        while (end < line.length() && line.charAt(end) != ',' && line.charAt(end) != QUOTE) {
            end++;
        }
        return end;
    }

    private static String decode(String raw) {
        return isQuoteAt(raw, 0) ? raw.substring(1, raw.length() - 1).replace("\"\"", "\"") : raw;
    }

    private static boolean isQuoteAt(String text, int index) {
        return index < text.length() && text.charAt(index) == QUOTE;
    }
}
