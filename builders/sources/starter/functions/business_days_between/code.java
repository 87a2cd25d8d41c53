import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

final class BusinessDayCounter {
    private BusinessDayCounter() {
    }

    static long businessDaysBetween(String start, String end) {
        LocalDate first = parseDay(start);
        LocalDate stop = parseDay(end);
        if (first.isAfter(stop)) {
            throw new IllegalArgumentException("start " + start + " is after end " + end);
        }

        long days = ChronoUnit.DAYS.between(first, stop);
        int weekday = first.getDayOfWeek().getValue() - 1;
        long count = days / 7 * 5;
        for (int i = 0; i < days % 7; i++) {
            if ((weekday + i) % 7 < 5) {
                count++;
            }
        }
        return count;
    }

    private static LocalDate parseDay(String text) {
        LocalDate day = LocalDate.parse(text);
        // The parser also reads year 0000 and signed years of other lengths.
        if (day.getYear() < 1 || day.getYear() > 9999) {
            throw new DateTimeException("year out of range: " + text);
        }
        return day;
    }
}
