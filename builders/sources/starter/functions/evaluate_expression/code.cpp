#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>

class ExpressionEvaluator {
public:
    static std::int32_t evaluate(std::string_view text)
    {
        const std::int64_t value = expression(text, 0, 0);
        expect(peek(text) == '\0' && text.empty());
        return static_cast<std::int32_t>(value);
    }

private:
    static constexpr int kMaxNesting = 100;

    static std::int64_t expression(std::string_view &rest, int floor, int nesting)
    {
        std::int64_t value = operand(rest, nesting);
        while (precedence(peek(rest)) > floor) {
            const char op = take(rest);
            const std::int64_t right = expression(rest, precedence(op), nesting);
            if (op == '/' && right == 0) {
                throw std::domain_error("division by zero");
            }
            value = checked(op == '+'   ? value + right
                            : op == '-' ? value - right
                            : op == '*' ? value * right
                                        : value / right);
        }
        return value;
    }

    static std::int64_t operand(std::string_view &rest, int nesting)
    {
        std::int64_t sign = 1, value = 0;
        for (; peek(rest) == '-'; take(rest)) {
            sign = -sign;
        }
        if (peek(rest) == '(' && nesting < kMaxNesting) {
            take(rest);
            value = expression(rest, 0, nesting + 1);
            expect(peek(rest) == ')');
            take(rest);
        } else {
            expect(is_digit(peek(rest)));
            while (!rest.empty() && is_digit(rest.front())) {
                value = checked(value * 10 + (take(rest) - '0'));
            }
        }
        return checked(sign * value);
    }

    static char peek(std::string_view &rest)
    {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        return rest.empty() ? '\0' : rest.front();
    }

    static char take(std::string_view &rest)
    {
        const char c = rest.front();
        rest.remove_prefix(1);
        return c;
    }

    static std::int64_t checked(std::int64_t value)
    {
        using limits = std::numeric_limits<std::int32_t>;
        if (value < limits::min() || value > limits::max()) {
            throw std::overflow_error("value does not fit in 32 bits");
        }
        return value;
    }

    static void expect(bool condition)
    {
        if (!condition) {
            throw std::invalid_argument("malformed expression");
        }
    }

    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static int precedence(char op) { return op == '*' || op == '/' ? 2 : op == '+' || op == '-' ? 1 : 0; }
};
