import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.stream.Collectors;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            System.out.println(answer(in.nextLine()));
        }
        System.out.flush();
    }

    private static String answer(String line) {
        Scanner numbers = new Scanner(line).useDelimiter("[ ,]");
        List<IntervalMerger.Interval> intervals = new ArrayList<>();
        try {
            while (numbers.hasNextInt()) {
                intervals.add(new IntervalMerger.Interval(numbers.nextInt(), numbers.nextInt()));
            }
            List<IntervalMerger.Interval> merged = IntervalMerger.mergeIntervals(List.copyOf(intervals));
            return merged.isEmpty() ? "none"
                    : merged.stream().map(i -> i.start() + "," + i.end()).collect(Collectors.joining(" "));
        } catch (IllegalArgumentException e) {
            return "error";
        }
    }
}
