#include <algorithm>
#include <stdexcept>
#include <string>

// Days since 0001-01-01, which is a Monday.
static long day_number(const std::string& text) {
    const auto malformed = [&text] {
        return std::invalid_argument("not a date of the form YYYY-MM-DD: " + text);
    };
    const std::string shape = "dddd-dd-dd";
    const bool shaped = std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char s) {
        return s == 'd' ? c >= '0' && c <= '9' : c == s;
    });
    if (!shaped) {
        throw malformed();
    }

    const int year = std::stoi(text.substr(0, 4));
    const int month = std::stoi(text.substr(5, 2));
    const int day = std::stoi(text.substr(8, 2));
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) {
        throw malformed();
    }

    const long past = year - 1;
    long number = past * 365 + past / 4 - past / 100 + past / 400 + day - 1;
    for (int m = 1; m < month; ++m) {
        number += lengths[m - 1];
    }
    return number;
}

long business_days_between(const std::string& start, const std::string& end) {
    const long first = day_number(start);
    const long days = day_number(end) - first;
    if (days < 0) {
        throw std::invalid_argument("start " + start + " is after end " + end);
    }

    const long weekday = first % 7;
    long count = days / 7 * 5;
    for (long i = 0; i < days % 7; ++i) {
        if ((weekday + i) % 7 < 5) {
            ++count;
        }
    }
    return count;
}
