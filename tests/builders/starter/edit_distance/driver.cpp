#include <iostream>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto bar = line.find('|');
        try {
            std::cout << edit_distance(line.substr(0, bar), line.substr(bar + 1)) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
