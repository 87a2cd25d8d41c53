import java.util.ArrayList;
import java.util.Comparator;
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
        List<Interval> sorted = new ArrayList<>(intervals);
        sorted.sort(Comparator.comparingInt(Interval::start));

        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            int last = merged.size() - 1;
            if (last < 0 || next.start() > merged.get(last).end()) {
                merged.add(next);
                continue;
            }
            Interval previous = merged.get(last);
            int end = Math.max(previous.end(), next.end());
            merged.set(last, new Interval(previous.start(), end));
        }
        return merged;
    }
}
