#include <iostream>
#include <string>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            std::cout << ExpressionEvaluator::evaluate(line) << std::endl;
        } catch (const std::exception &) {
            std::cout << "error" << std::endl;
        }
    }
}
