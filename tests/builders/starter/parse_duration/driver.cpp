#include <iostream>

int main()
{
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << parse_duration(line) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
