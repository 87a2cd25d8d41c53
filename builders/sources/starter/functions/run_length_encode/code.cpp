#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

// The UTF-8 character in front: the lead byte and what continues it.
static std::string_view first_symbol(std::string_view text)
{
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        ++size;
    return text.substr(0, size);
}

std::string run_length_encode(std::string_view text)
{
    if (text.find_first_of("0123456789") != std::string_view::npos)
        throw std::invalid_argument("digits in the text cannot be told from counts");

    std::string encoded;
    while (!text.empty()) {
        const std::string_view symbol = first_symbol(text);
        std::size_t count = 0;
        while (text.substr(0, symbol.size()) == symbol) {
            text.remove_prefix(symbol.size());
            ++count;
        }
        encoded.append(symbol).append(std::to_string(count));
    }
    return encoded;
}
