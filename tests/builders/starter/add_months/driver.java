import java.time.DateTimeException;
import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextInt()) {
            try {
                var date = MonthArithmetic.addMonths(in.nextInt(), in.nextInt(), in.nextInt(), in.nextInt());
                System.out.printf("%04d-%02d-%02d%n", date.year(), date.month(), date.day());
            } catch (DateTimeException e) {
                System.out.println("error");
            }
        }
        System.out.flush();
    }
}
