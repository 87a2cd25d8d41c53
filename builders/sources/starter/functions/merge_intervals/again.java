import java.util.ArrayList;
import java.util.List;

final class IntervalMerger {
    record Interval(int start, int end) {
        Interval {
            if (start > end) {
                throw new IllegalArgumentException("interval starts after it ends: " + start + " > " + end);
            }
        }
    }

    private IntervalMerger() {
    }

    static List<Interval> mergeIntervals(List<Interval> intervals) {
        int[] starts = intervals.stream().mapToInt(Interval::start).sorted().toArray();
        int[] ends = intervals.stream().mapToInt(Interval::end).sorted().toArray();

        List<Interval> merged = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < ends.length; i++) {
            // A gap follows ends[i] when as many intervals have ended as have begun.
            boolean gapFollows = i + 1 == starts.length || starts[i + 1] > ends[i];
            if (gapFollows) {
                merged.add(new Interval(starts[first], ends[i]));
                first = i + 1;
            }
        }
        return merged;
    }
}
