import java.time.DateTimeException;
import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] dates = in.nextLine().split(",", 2);
            try {
                System.out.println(BusinessDayCounter.businessDaysBetween(dates[0], dates[1]));
            } catch (DateTimeException | IllegalArgumentException e) {
                System.out.println("error");
            }
        }
        System.out.flush();
    }
}
