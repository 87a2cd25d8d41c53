#include <cstdio>
#include <iostream>

int main() {
    const char *path = "tail_lines.tmp";
    std::string input;
    while (std::getline(std::cin, input)) {
        const std::size_t bar = input.find('|');
        if (bar != std::string::npos) {
            std::string content = input.substr(bar + 1);
            for (std::size_t at = 0; (at = content.find("\\n", at)) != std::string::npos;) {
                content.replace(at, 2, "\n");
            }
            std::ofstream(path, std::ios::binary) << content;
        }
        try {
            const auto lines = tail_lines(path, std::stol(input));
            std::cout << lines.size() << ':';
            for (const std::string &line : lines) {
                std::cout << " [" << line << ']';
            }
        } catch (const std::exception &) {
            std::cout << "error";
        }
        std::cout << std::endl;
        std::remove(path);
    }
}
