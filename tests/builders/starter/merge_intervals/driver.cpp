#include <iostream>
#include <sstream>

static std::string answer(std::istringstream words) {
    std::vector<Interval> intervals;
    char comma = 0;
    for (Interval next{}; words >> next.start >> comma >> next.end;) {
        intervals.push_back(next);
    }
    try {
        std::string out;
        for (const Interval& m : merge_intervals(intervals)) {
            out += (out.empty() ? "" : " ") + std::to_string(m.start) + "," + std::to_string(m.end);
        }
        return out.empty() ? "none" : out;
    } catch (const std::invalid_argument&) {
        return "error";
    }
}

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << answer(std::istringstream(line)) << std::endl;
    }
}
