#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

using Parts = std::vector<std::string_view>;

static bool is_number(std::string_view part) {
    return part.find_first_not_of("0123456789") == part.npos;
}

static Parts split(std::string_view list, bool leading_zeros) {
    static constexpr std::string_view allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
    Parts parts;
    for (std::size_t start = 0, end; start <= list.size(); start = end + 1) {
        end = std::min(list.find('.', start), list.size());
        const auto part = list.substr(start, end - start);
        const bool padded = part.size() > 1 && part[0] == '0' && is_number(part);
        if (part.empty() || part.find_first_not_of(allowed) != part.npos || (padded && !leading_zeros))
            throw std::invalid_argument("malformed version");
        parts.push_back(part);
    }
    return parts;
}

static void parse_version(std::string_view version, Parts& core, Parts& prerelease) {
    const auto plus = version.find('+');
    if (plus != version.npos) split(version.substr(plus + 1), true);
    version = version.substr(0, plus);

    const auto dash = version.find('-');
    if (dash != version.npos) prerelease = split(version.substr(dash + 1), false);
    core = split(version.substr(0, dash), false);
    if (core.size() != 3 || !std::all_of(core.begin(), core.end(), is_number))
        throw std::invalid_argument("malformed version");
}

// Without leading zeros the longer number is the larger one.
static int compare_numbers(std::string_view a, std::string_view b) {
    return a.size() == b.size() ? a.compare(b) : a.size() < b.size() ? -1 : 1;
}

static int compare_identifiers(std::string_view a, std::string_view b) {
    if (is_number(a) != is_number(b)) return is_number(a) ? -1 : 1;
    return is_number(a) ? compare_numbers(a, b) : a.compare(b);
}

int compare_versions(std::string_view left, std::string_view right) {
    Parts core_a, core_b, a, b;
    parse_version(left, core_a, a);
    parse_version(right, core_b, b);
    int order = 0;
    for (std::size_t i = 0; i < 3 && order == 0; ++i) order = compare_numbers(core_a[i], core_b[i]);
    if (order == 0 && (a.empty() || b.empty())) return int{a.empty()} - int{b.empty()};
    for (std::size_t i = 0; i < a.size() && i < b.size() && order == 0; ++i) order = compare_identifiers(a[i], b[i]);
    if (order == 0) return (a.size() > b.size()) - (a.size() < b.size());
    return order < 0 ? -1 : 1;
}
