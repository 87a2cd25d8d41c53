#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

std::string normalize_path(std::string_view path) {
    if (path.empty()) {
        throw std::invalid_argument("path is empty");
    }

    const bool absolute = path.front() == '/';
    std::vector<std::string_view> parts;
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view part = path.substr(start, end - start);
        start = end + 1;

        if (part.empty() || part == ".") {
            continue;
        }
        if (part != "..") {
            parts.push_back(part);
        } else if (!parts.empty() && parts.back() != "..") {
            parts.pop_back();
        } else if (!absolute) {
            parts.push_back(part);
        }
    }

    std::string result(absolute ? "/" : "");
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) {
            result += '/';
        }
        result += parts[i];
    }
    return result.empty() ? "." : result;
}
