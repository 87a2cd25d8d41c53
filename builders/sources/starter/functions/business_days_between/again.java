import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

final class BusinessDayCounter {
    private BusinessDayCounter() {
    }

    static long businessDaysBetween(String start, String end) {
        LocalDate first = parseDay(start);
        LocalDate stop = parseDay(end);
        if (first.isAfter(stop)) {
            throw new IllegalArgumentException("start " + start + " is after end " + end);
        }
        return ChronoUnit.DAYS.between(first, stop)
                - occurrences(DayOfWeek.SATURDAY, first, stop)
                - occurrences(DayOfWeek.SUNDAY, first, stop);
    }

    private static long occurrences(DayOfWeek day, LocalDate from, LocalDate to) {
        LocalDate earliest = from.with(TemporalAdjusters.nextOrSame(day));
        return earliest.isBefore(to) ? (ChronoUnit.DAYS.between(earliest, to) + 6) / 7 : 0;
    }

    private static LocalDate parseDay(String text) {
        if (!text.matches("\\d{4}-\\d{2}-\\d{2}") || text.startsWith("0000")) {
            throw new DateTimeException("not a date of the form YYYY-MM-DD: " + text);
        }
        return LocalDate.parse(text);
    }
}
