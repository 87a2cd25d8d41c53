#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

inline bool is_word_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::pair<std::string, std::size_t>> word_frequencies(std::string text, int k)
{
    if (k < 0) {
        throw std::invalid_argument("k must not be negative");
    }
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });

    std::unordered_map<std::string, std::size_t> counts;
    auto begin = std::find_if(text.begin(), text.end(), is_word_character);
    while (begin != text.end()) {
        auto end = std::find_if_not(begin, text.end(), is_word_character);
        // An apostrophe belongs to a word only between two of its other characters.
        while (end != text.end() && *end == '\'' && end + 1 != text.end() && is_word_character(end[1])) {
            end = std::find_if_not(end + 1, text.end(), is_word_character);
        }
        ++counts[std::string(begin, end)];
        begin = std::find_if(end, text.end(), is_word_character);
    }

    std::vector<std::pair<std::string, std::size_t>> ranked(counts.begin(), counts.end());
    std::sort(ranked.begin(), ranked.end(), [](const auto &a, const auto &b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(k)));
    return ranked;
}
