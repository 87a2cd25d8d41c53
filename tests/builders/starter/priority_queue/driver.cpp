#include <iostream>
#include <sstream>
#include <string>

int main() {
    std::string line, word, item, out;
    while (std::getline(std::cin, line)) {
        PriorityQueue<std::string> queue;
        std::istringstream words(line);
        int priority;
        out.clear();
        while (words >> word) {
            if (word == "push") {
                words >> item >> priority;
                queue.push(item, priority);
                continue;
            }
            out += out.empty() ? "" : " ";
            if (word == "size") {
                out += std::to_string(queue.size());
                continue;
            }
            try {
                out += queue.pop();
            } catch (const std::out_of_range &) {
                out += "error";
            }
        }
        std::cout << out << std::endl;
    }
}
