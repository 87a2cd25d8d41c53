#include <iostream>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::string shown;
            for (const auto& [key, values] : parse_query_string(line)) {
                std::string joined;
                for (std::size_t i = 0; i < values.size(); ++i) joined += (i ? "|" : "") + values[i];
                shown += (shown.empty() ? "" : " ") + key + "=[" + joined + "]";
            }
            std::cout << "{" << shown << "}" << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
