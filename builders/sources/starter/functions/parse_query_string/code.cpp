#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

static bool is_utf8(std::string_view text) {
    static constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const int extra = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4) return false;
        char32_t code = extra == 0 ? lead : lead & (0x3F >> extra);
        for (int left = extra; left > 0; --left) {
            if (++i == text.size() || (text[i] & 0xC0) != 0x80) return false;
            code = code << 6 | (text[i] & 0x3F);
        }
        if (code < least[extra] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    }
    return true;
}

static std::string decode_component(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto digits = text.substr(i + 1, 2);
        const auto end = digits.data() + digits.size();
        unsigned byte = 0;
        if (digits.size() < 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end)
            throw std::invalid_argument("malformed percent escape");
        decoded += static_cast<char>(byte);
        i += 2;
    }
    if (!is_utf8(decoded)) throw std::invalid_argument("escapes are not valid UTF-8");
    return decoded;
}

static std::string_view cut(std::string_view& rest, char separator) {
    const auto token = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(token.size() + 1, rest.size()));
    return token;
}

std::map<std::string, std::vector<std::string>> parse_query_string(std::string_view query) {
    std::map<std::string, std::vector<std::string>> params;
    while (!query.empty()) {
        auto pair = cut(query, '&');
        if (pair.empty()) continue;
        const auto key = cut(pair, '=');
        const auto value = pair;
        params[decode_component(key)].push_back(decode_component(value));
    }
    return params;
}
