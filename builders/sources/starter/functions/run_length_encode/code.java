import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class RunLengthEncoder {
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern RUN = Pattern.compile("(.)\\1*", Pattern.DOTALL);

    private RunLengthEncoder() {
    }

    static String runLengthEncode(String text) {
        if (DIGITS.matcher(text).find()) {
            throw new IllegalArgumentException("digits in the text cannot be told from counts");
        }
        return RUN.matcher(text).replaceAll(match -> {
            String symbol = match.group(1);
            int count = match.group().length() / symbol.length();
            return Matcher.quoteReplacement(symbol + count);
        });
    }
}
