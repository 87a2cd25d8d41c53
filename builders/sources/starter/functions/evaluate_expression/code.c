#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_NESTING = 100 };

struct reader {
    const char *next;
    bool failed;
};

static int64_t expression(struct reader *in, int floor, int nesting);

static char peek(struct reader *in)
{
    while (*in->next == ' ' || *in->next == '\t')
        in->next++;
    return in->failed ? '\0' : *in->next;
}

static int64_t fail(struct reader *in)
{
    in->failed = true;
    return 0;
}

static int64_t checked(struct reader *in, int64_t value)
{
    return value < INT32_MIN || value > INT32_MAX ? fail(in) : value;
}

static int precedence(char operator)
{
    switch (operator) {
    case '+': case '-': return 1;
    case '*': case '/': return 2;
    default: return 0;
    }
}

static int64_t operand(struct reader *in, int nesting)
{
    int64_t value = 0;
    bool negative = false;

    for (; peek(in) == '-'; in->next++)
        negative = !negative;
    if (peek(in) == '(' && nesting < MAX_NESTING) {
        in->next++;
        value = expression(in, 0, nesting + 1);
        if (peek(in) != ')')
            return fail(in);
        in->next++;
    } else {
        if (peek(in) < '0' || peek(in) > '9')
            return fail(in);
        while (*in->next >= '0' && *in->next <= '9')
            value = checked(in, value * 10 + (*in->next++ - '0'));
    }
    return checked(in, negative ? -value : value);
}

static int64_t expression(struct reader *in, int floor, int nesting)
{
    int64_t value = operand(in, nesting);

    while (precedence(peek(in)) > floor) {
        char operator = *in->next++;
        int64_t right = expression(in, precedence(operator), nesting);
        if (operator == '+')
            value += right;
        else if (operator == '-')
            value -= right;
        else if (operator == '*')
            value *= right;
        else
            value = right == 0 ? fail(in) : value / right;
        value = checked(in, value);
    }
    return value;
}

/* Returns 0 and sets *result, or -1 and leaves it alone. */
int evaluate_expression(const char *text, int32_t *result)
{
    struct reader in = { text, text == NULL || result == NULL };

    if (in.failed)
        return -1;
    int64_t value = expression(&in, 0, 0);
    if (in.failed || peek(&in) != '\0')
        return -1;
    *result = (int32_t)value;
    return 0;
}
