#include <iostream>

int main()
{
    for (int number; std::cin >> number;) {
        try {
            std::cout << to_roman(number) << std::endl;
        } catch (const std::out_of_range&) {
            std::cout << "error" << std::endl;
        }
    }
}
