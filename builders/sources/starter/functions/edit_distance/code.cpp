#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

static std::u32string decode_utf8(std::string_view text) {
    static constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
    std::u32string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int extra = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        bool valid = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4);
        char32_t code = extra == 0 ? lead : lead & (0x3F >> extra);
        for (int left = extra; valid && left > 0; --left) {
            valid = ++i < text.size() && (text[i] & 0xC0) == 0x80;
            if (valid) code = code << 6 | (text[i] & 0x3F);
        }
        if (!valid || code < least[extra] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            throw std::invalid_argument("text is not valid UTF-8");
        decoded += code;
    }
    return decoded;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    auto longer = decode_utf8(left);
    auto shorter = decode_utf8(right);
    if (longer.size() < shorter.size()) longer.swap(shorter);

    std::vector<std::size_t> previous(shorter.size() + 1);
    std::vector<std::size_t> current(shorter.size() + 1);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    for (std::size_t i = 0; i < longer.size(); ++i) {
        current[0] = i + 1;
        for (std::size_t j = 0; j < shorter.size(); ++j) {
            const std::size_t replaced = previous[j] + (longer[i] != shorter[j]);
            current[j + 1] = std::min({previous[j + 1] + 1, current[j] + 1, replaced});
        }
        previous.swap(current);
    }
    return previous.back();
}
