#include <stdexcept>
#include <string>

std::string to_roman(int number)
{
    struct Numeral {
        int value;
        const char* symbol;
    };
    static constexpr Numeral numerals[] = {
        {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"},
        {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"},
        {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
    };

    if (number < 1 || number > 3999)
        throw std::out_of_range("number must be between 1 and 3999, got " + std::to_string(number));

    std::string roman;
    for (const auto& [value, symbol] : numerals) {
        for (; number >= value; number -= value)
            roman += symbol;
    }
    return roman;
}
