#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

std::vector<std::string> parse_csv_line(std::string_view line)
{
    enum class State { start, plain, quoted, closing };

    std::vector<std::string> fields;
    std::string field;
    State state = State::start;
    for (const char c : line) {
        if (state == State::quoted) {
            if (c == '"')
                state = State::closing;
            else
                field += c;
        } else if (c == ',') {
            fields.push_back(std::exchange(field, {}));
            state = State::start;
        } else if (c == '"' && state == State::start) {
            state = State::quoted;
        } else if (c == '"' && state == State::closing) {
            field += c;
            state = State::quoted;
        } else if (c == '"' || state == State::closing) {
            throw std::invalid_argument("misplaced quote in field " + std::to_string(fields.size() + 1));
        } else {
            field += c;
            state = State::plain;
        }
    }
    if (state == State::quoted)
        throw std::invalid_argument("unclosed quote");
    fields.push_back(std::move(field));
    return fields;
}
