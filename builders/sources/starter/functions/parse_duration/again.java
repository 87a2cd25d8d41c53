import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class DurationParser {
    private static final Pattern FORMAT = Pattern.compile(
        "(?:(?<days>[0-9]{1,9})d)?"
            + "(?:(?<hours>[0-9]{1,9})h)?"
            + "(?:(?<minutes>[0-9]{1,9})m)?"
            + "(?:(?<seconds>[0-9]{1,9})s)?");

    private DurationParser() {
    }

    static long parseDuration(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("invalid duration: \"" + text + "\"");
        }
        return Duration.ofDays(part(matcher, "days"))
            .plusHours(part(matcher, "hours"))
            .plusMinutes(part(matcher, "minutes"))
            .plusSeconds(part(matcher, "seconds"))
            .toSeconds();
    }

    private static long part(Matcher matcher, String name) {
        String digits = matcher.group(name);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
