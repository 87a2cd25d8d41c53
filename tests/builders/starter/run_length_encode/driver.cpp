#include <iostream>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            std::cout << run_length_encode(line) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
