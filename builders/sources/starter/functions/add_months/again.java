import java.time.DateTimeException;
import java.time.LocalDate;

final class MonthArithmetic {
    private static final LocalDate FIRST = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST = LocalDate.of(9999, 12, 31);

    record CivilDate(int year, int month, int day) {
    }

    private MonthArithmetic() {
    }

    static CivilDate addMonths(int year, int month, int day, int months) {
        LocalDate start = requireSupported(LocalDate.of(year, month, day));
        LocalDate shifted = requireSupported(start.plusMonths(months));
        return new CivilDate(shifted.getYear(), shifted.getMonthValue(), shifted.getDayOfMonth());
    }

    private static LocalDate requireSupported(LocalDate date) {
        if (date.isBefore(FIRST) || date.isAfter(LAST)) {
            throw new DateTimeException("Date is outside the supported years: " + date);
        }
        return date;
    }
}
