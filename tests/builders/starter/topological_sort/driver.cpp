#include <iostream>
#include <sstream>
#include <string>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::vector<std::pair<int, int>> edges;
        int n, before, after;
        char arrow;
        words >> n;
        while (words >> before >> arrow >> after)
            edges.emplace_back(before, after);
        try {
            std::string result;
            for (const int node : topological_sort(n, edges))
                result += (result.empty() ? "" : " ") + std::to_string(node);
            std::cout << result << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
