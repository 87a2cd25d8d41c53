#include <iostream>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << (is_balanced(line) ? "true" : "false") << std::endl;
    }
}
