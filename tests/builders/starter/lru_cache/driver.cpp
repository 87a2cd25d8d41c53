#include <iostream>
#include <sstream>
#include <string>

static std::string answer(std::istringstream words) {
    std::size_t capacity = 0;
    words >> capacity;
    try {
        LruCache cache(capacity);
        std::string out, word;
        int key = 0, value = 0;
        while (words >> word >> key) {
            if (word == "put") {
                words >> value;
                cache.put(key, value);
                continue;
            }
            const auto found = cache.get(key);
            out += (out.empty() ? "" : " ") + (found ? std::to_string(*found) : "none");
        }
        return out;
    } catch (const std::invalid_argument&) {
        return "error";
    }
}

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << answer(std::istringstream(line)) << std::endl;
    }
}
