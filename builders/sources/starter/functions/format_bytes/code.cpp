#include <cstdint>
#include <stdexcept>
#include <string>

std::string format_bytes(std::int64_t count)
{
    if (count < 0)
        throw std::invalid_argument("byte count must not be negative: " + std::to_string(count));
    if (count < 1024)
        return std::to_string(count) + " B";

    const auto bytes = static_cast<std::uint64_t>(count);
    const auto tenths_of = [bytes](std::uint64_t size) {
        return bytes / size * 10 + (bytes % size * 10 + size / 2) / size;
    };

    const char* prefix = "KMGTPE";
    std::uint64_t size = 1024;
    while (tenths_of(size) >= 10240) {
        size *= 1024;
        ++prefix;
    }
    const std::uint64_t tenths = tenths_of(size);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + ' ' + *prefix + "iB";
}
