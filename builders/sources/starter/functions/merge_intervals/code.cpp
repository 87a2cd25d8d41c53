#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

struct Interval {
    int start;
    int end;
};

std::vector<Interval> merge_intervals(std::vector<Interval> intervals) {
    std::sort(intervals.begin(), intervals.end(),
              [](const Interval& a, const Interval& b) { return a.start < b.start; });

    std::vector<Interval> merged;
    for (const Interval& next : intervals) {
        if (next.start > next.end) {
            throw std::invalid_argument("interval starts after it ends: " + std::to_string(next.start) +
                                        " > " + std::to_string(next.end));
        }
        if (merged.empty() || next.start > merged.back().end) {
            merged.push_back(next);
        } else {
            merged.back().end = std::max(merged.back().end, next.end);
        }
    }
    return merged;
}
