#include <iostream>

int main()
{
    for (std::int64_t count; std::cin >> count;) {
        try {
            std::cout << format_bytes(count) << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
