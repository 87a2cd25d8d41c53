#include <string>
#include <string_view>

bool is_balanced(std::string_view text) {
    std::string expected;
    bool in_string = false;
    bool escaped = false;

    for (const char c : text) {
        if (in_string) {
            if (c == '"' && !escaped) {
                in_string = false;
            }
            escaped = c == '\\' && !escaped;
            continue;
        }
        switch (c) {
            case '"': in_string = true; break;
            case '(': expected.push_back(')'); break;
            case '[': expected.push_back(']'); break;
            case '{': expected.push_back('}'); break;
            case ')':
            case ']':
            case '}':
                if (expected.empty() || expected.back() != c) {
                    return false;
                }
                expected.pop_back();
                break;
            default: break;
        }
    }
    return expected.empty() && !in_string;
}
