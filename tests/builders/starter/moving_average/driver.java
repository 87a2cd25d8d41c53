import java.util.Locale;
import java.util.Scanner;
import java.util.StringJoiner;
import java.util.stream.Stream;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] fields = in.nextLine().trim().split(" +");
            double[] values = Stream.of(fields).skip(1).mapToDouble(Double::parseDouble).toArray();
            try {
                StringJoiner joined = new StringJoiner(" ", "[", "]");
                for (double average : MovingAverages.movingAverage(values, Integer.parseInt(fields[0]))) {
                    joined.add(String.format(Locale.ROOT, "%.4f", average));
                }
                System.out.println(joined);
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
    }
}
