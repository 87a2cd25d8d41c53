#include <iostream>
#include <sstream>
#include <string>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream in(line);
        std::int64_t threshold, time_ms;
        int button;
        std::string out;
        in >> threshold;
        try {
            DoubleClickDetector detector(threshold, [&out](std::int64_t t, int b) {
                out += (out.empty() ? "" : " ") + std::to_string(t) + ":" + std::to_string(b);
            });
            while (in >> time_ms >> button) {
                detector.click(time_ms, button);
            }
            std::cout << (out.empty() ? "none" : out) << std::endl;
        } catch (const std::invalid_argument &) {
            std::cout << "error" << std::endl;
        }
    }
}
