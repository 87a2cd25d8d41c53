#include <iostream>
#include <string>

int main() {
    for (std::string left, right; std::cin >> left >> right;) {
        try {
            std::cout << compare_versions(left, right) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
