import java.time.DateTimeException;

final class MonthArithmetic {
    private static final int MIN_YEAR = 1;
    private static final int MAX_YEAR = 9999;
    private static final int[] MONTH_LENGTHS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    record CivilDate(int year, int month, int day) {
    }

    private MonthArithmetic() {
    }

    static CivilDate addMonths(int year, int month, int day, int months) {
        if (year < MIN_YEAR || year > MAX_YEAR || month < 1 || month > 12
                || day < 1 || day > daysInMonth(year, month)) {
            throw new DateTimeException("No such date: " + year + "-" + month + "-" + day);
        }

        long monthIndex = year * 12L + (month - 1) + months;
        if (monthIndex < MIN_YEAR * 12L || monthIndex >= (MAX_YEAR + 1) * 12L) {
            throw new DateTimeException("Result is outside the supported years");
        }

        int targetYear = (int) (monthIndex / 12);
        int targetMonth = (int) (monthIndex % 12) + 1;
        int lastDay = daysInMonth(targetYear, targetMonth);
        return new CivilDate(targetYear, targetMonth, Math.min(day, lastDay));
    }

    private static int daysInMonth(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && leap ? 29 : MONTH_LENGTHS[month - 1];
    }
}
