#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

std::int64_t parse_duration(std::string_view text)
{
    constexpr std::string_view units = "dhms";
    constexpr std::int64_t seconds[] = {86400, 3600, 60, 1};
    constexpr std::ptrdiff_t max_digits = 9;

    const auto invalid = [text] {
        return std::invalid_argument("invalid duration: '" + std::string(text) + "'");
    };

    const char* position = text.data();
    const char* const end = position + text.size();
    std::int64_t total = 0;
    std::size_t next_unit = 0;

    while (position != end) {
        std::uint32_t number = 0;
        const auto [after, error] = std::from_chars(position, end, number);
        if (error != std::errc{} || after - position > max_digits)
            throw invalid();
        if (after == end)
            throw invalid();

        const std::size_t unit = units.find(*after, next_unit);
        if (unit == std::string_view::npos)
            throw invalid();

        total += number * seconds[unit];
        next_unit = unit + 1;
        position = after + 1;
    }
    if (next_unit == 0)
        throw invalid();
    return total;
}
