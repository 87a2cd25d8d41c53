#include <iostream>

int main()
{
    int width;
    for (std::string text; std::cin >> width && std::getline(std::cin, text);) {
        try {
            const auto lines = wrap_text(text, width);
            std::cout << lines.size();
            for (const auto& line : lines)
                std::cout << '|' << line;
            std::cout << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
