#include <iostream>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto space = line.find(' ');
        try {
            std::string out;
            for (const auto &pair : word_frequencies(line.substr(space + 1), std::stoi(line))) {
                out += (out.empty() ? "" : " ") + pair.first + ":" + std::to_string(pair.second);
            }
            std::cout << (out.empty() ? "none" : out) << std::endl;
        } catch (const std::invalid_argument &) {
            std::cout << "error" << std::endl;
        }
    }
}
