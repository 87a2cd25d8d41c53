#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define DIGITS "0123456789"
#define IDENTIFIER DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"

struct span {
    const char *text;
    size_t length;
};

struct version {
    struct span core[3];
    const char *prerelease; /* NULL for a release */
};

static bool is_number(struct span part)
{
    return strspn(part.text, DIGITS) >= part.length;
}

static struct span take(const char **cursor, const char *accepted)
{
    struct span part = {*cursor, strspn(*cursor, accepted)};
    *cursor += part.length;
    return part;
}

static bool skip_list(const char **cursor, bool leading_zeros)
{
    do {
        ++*cursor;
        struct span part = take(cursor, IDENTIFIER);
        if (part.length == 0)
            return false;
        if (!leading_zeros && part.length > 1 && part.text[0] == '0' && is_number(part))
            return false;
    } while (**cursor == '.');
    return true;
}

static bool parse_version(const char *text, struct version *version)
{
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *text++ != '.')
            return false;
        struct span number = take(&text, DIGITS);
        if (number.length == 0 || (number.length > 1 && number.text[0] == '0'))
            return false;
        version->core[i] = number;
    }
    version->prerelease = *text == '-' ? text + 1 : NULL;
    if (version->prerelease && !skip_list(&text, false))
        return false;
    if (*text == '+' && !skip_list(&text, true))
        return false;
    return *text == '\0';
}

static int compare_text(struct span a, struct span b)
{
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);
    if (order == 0)
        return (a.length > b.length) - (a.length < b.length);
    return order < 0 ? -1 : 1;
}

/* There are no leading zeros, so the longer number is the larger one. */
static int compare_numbers(struct span a, struct span b)
{
    int order = (a.length > b.length) - (a.length < b.length);
    return order != 0 ? order : compare_text(a, b);
}

static int compare_identifiers(struct span a, struct span b)
{
    if (is_number(a) != is_number(b))
        return is_number(a) ? -1 : 1;
    return is_number(a) ? compare_numbers(a, b) : compare_text(a, b);
}

/* Returns -1 and leaves *order alone when either version is malformed. */
int compare_versions(const char *left, const char *right, int *order)
{
    struct version a, b;
    if (!parse_version(left, &a) || !parse_version(right, &b))
        return -1;

    *order = 0;
    for (int i = 0; i < 3 && *order == 0; i++)
        *order = compare_numbers(a.core[i], b.core[i]);
    if (*order != 0)
        return 0;
    if (!a.prerelease || !b.prerelease) {
        *order = !a.prerelease - !b.prerelease;
        return 0;
    }
    bool more_a, more_b;
    do {
        *order = compare_identifiers(take(&a.prerelease, IDENTIFIER), take(&b.prerelease, IDENTIFIER));
        more_a = *a.prerelease++ == '.';
        more_b = *b.prerelease++ == '.';
    } while (*order == 0 && more_a && more_b);
    if (*order == 0)
        *order = more_a - more_b;
    return 0;
}
