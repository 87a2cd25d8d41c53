#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

std::vector<std::string> wrap_text(const std::string& text, int width)
{
    if (width < 1)
        throw std::invalid_argument("width must be at least 1");

    const auto limit = static_cast<std::size_t>(width);
    std::vector<std::string> lines;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!lines.empty() && lines.back().size() + 1 + word.size() <= limit) {
            lines.back().append(1, ' ').append(word);
            continue;
        }
        for (std::size_t start = 0; start < word.size(); start += limit)
            lines.push_back(word.substr(start, limit));
    }
    return lines;
}
