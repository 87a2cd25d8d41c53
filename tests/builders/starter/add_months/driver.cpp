#include <cstdio>
#include <iostream>

int main() {
    int year, month, day, months;
    while (std::cin >> year >> month >> day >> months) {
        try {
            const CivilDate date = add_months(year, month, day, months);
            std::printf("%04d-%02d-%02d\n", date.year, date.month, date.day);
        } catch (const std::logic_error &) {
            std::puts("error");
        }
        std::fflush(stdout);
    }
}
