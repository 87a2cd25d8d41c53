#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream fields(line);
        int window = 0;
        fields >> window;
        std::vector<double> values;
        for (double value; fields >> value;) values.push_back(value);
        try {
            std::string separator = "[";
            const auto averages = moving_average(values, window);
            if (averages.empty()) std::printf("[");
            for (double average : averages) {
                std::printf("%s%.4f", separator.c_str(), average);
                separator = " ";
            }
            std::puts("]");
        } catch (const std::invalid_argument&) {
            std::puts("error");
        }
        std::fflush(stdout);
    }
}
