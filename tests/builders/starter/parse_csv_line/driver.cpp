#include <algorithm>
#include <iostream>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        std::replace(line.begin(), line.end(), '~', '\n');
        std::string result;
        try {
            for (const std::string& field : parse_csv_line(line))
                result += "[" + field + "]";
            std::replace(result.begin(), result.end(), '\n', '~');
        } catch (const std::invalid_argument&) {
            result = "error";
        }
        std::cout << result << std::endl;
    }
}
