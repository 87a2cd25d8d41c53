#include <iostream>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto comma = line.find(',');
        try {
            std::cout << business_days_between(line.substr(0, comma), line.substr(comma + 1)) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
