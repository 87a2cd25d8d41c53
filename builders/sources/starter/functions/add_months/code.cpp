#include <algorithm>
#include <array>
#include <stdexcept>

struct CivilDate {
    int year;
    int month;
    int day;
};

constexpr int kMinYear = 1;
constexpr int kMaxYear = 9999;

constexpr bool is_leap_year(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(int year, int month) {
    constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : lengths[month - 1];
}

CivilDate add_months(int year, int month, int day, int months) {
    if (year < kMinYear || year > kMaxYear || month < 1 || month > 12
        || day < 1 || day > days_in_month(year, month)) {
        throw std::invalid_argument("no such date");
    }

    const long long index = year * 12LL + (month - 1) + months;
    if (index < kMinYear * 12LL || index >= (kMaxYear + 1) * 12LL) {
        throw std::out_of_range("result is outside the supported years");
    }

    const int target_year = static_cast<int>(index / 12);
    const int target_month = static_cast<int>(index % 12) + 1;
    const int last_day = days_in_month(target_year, target_month);
    return {target_year, target_month, std::min(day, last_day)};
}
