#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Returns 1 or 0, or -1 if `text` is NULL or memory runs out. */
int is_balanced(const char *text)
{
    char *expected = text != NULL ? malloc(strlen(text) + 1) : NULL;
    size_t depth = 0;
    bool in_string = false, escaped = false, matched = true;

    if (expected == NULL)
        return -1;
    for (; *text != '\0' && matched; text++) {
        if (in_string) {
            if (*text == '"' && !escaped)
                in_string = false;
            escaped = *text == '\\' && !escaped;
            continue;
        }
        switch (*text) {
        case '"':
            in_string = true;
            break;
        case '(':
            expected[depth++] = ')';
            break;
        case '[':
            expected[depth++] = ']';
            break;
        case '{':
            expected[depth++] = '}';
            break;
        case ')':
        case ']':
        case '}':
            matched = depth > 0 && expected[--depth] == *text;
            break;
        }
    }
    free(expected);
    return matched && depth == 0 && !in_string;
}
