#include <iostream>
#include <sstream>
#include <string>

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream in(line);
        int capacity, rate, cost;
        std::int64_t now;
        in >> capacity >> rate;
        std::string out;
        try {
            TokenBucket bucket(capacity, rate);
            while (in >> now >> cost) {
                out += bucket.allow(now, cost) ? " yes" : " no";
            }
            std::cout << out.substr(out.empty() ? 0 : 1) << std::endl;
        } catch (const std::invalid_argument &) {
            std::cout << "error" << std::endl;
        }
    }
}
