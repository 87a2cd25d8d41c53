#include <cstddef>
#include <stdexcept>
#include <vector>

std::vector<double> moving_average(const std::vector<double>& values, int window) {
    if (window <= 0) throw std::invalid_argument("window must be positive");

    const auto width = static_cast<std::size_t>(window);
    std::vector<double> averages;
    if (values.size() < width) return averages;

    averages.reserve(values.size() - width + 1);
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        if (i >= width) sum -= values[i - width];
        if (i + 1 >= width) averages.push_back(sum / window);
    }
    return averages;
}
