#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct query_param {
    char *key;
    char *value;
    struct query_param *next_value; /* the next value of this key */
    struct query_param *next_key;   /* set on the first value of a key only */
};

static bool is_utf8(const char *text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        int extra = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
        uint32_t code = extra ? *p & (0x3F >> extra) : *p;
        if ((*p >= 0x80 && *p < 0xC2) || *p > 0xF4)
            return false;
        for (int left = extra; left > 0; left--) {
            if ((*++p & 0xC0) != 0x80)
                return false;
            code = code << 6 | (*p & 0x3F);
        }
        if (code < least[extra] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return false;
    }
    return true;
}

static bool decode_in_place(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        if (*in != '%') {
            *out++ = *in == '+' ? ' ' : *in;
            continue;
        }
        if (!isxdigit((unsigned char)in[1]) || !isxdigit((unsigned char)in[2]))
            return false;
        *out = (char)strtol((char[]){in[1], in[2], '\0'}, NULL, 16);
        if (*out++ == '\0')
            return false; /* %00 cannot be told from the end of a C string */
        in += 2;
    }
    *out = '\0';
    return is_utf8(text);
}

static char *cut(char **rest, char separator)
{
    char *token = *rest;
    char *end = strchr(token, separator);
    *rest = end ? end + 1 : token + strlen(token);
    if (end)
        *end = '\0';
    return token;
}

static void link_param(struct query_param *first, struct query_param *param)
{
    while (strcmp(first->key, param->key) != 0) {
        if (!first->next_key) {
            first->next_key = param;
            return;
        }
        first = first->next_key;
    }
    while (first->next_value)
        first = first->next_value;
    first->next_value = param;
}

/* On success *params is one block for the caller to free(), or NULL when there are no pairs. */
int parse_query_string(const char *query, struct query_param **params)
{
    size_t length = strlen(query), most = 1, used = 0;
    for (const char *p = query; *p; p++)
        most += *p == '&';
    struct query_param *pool = calloc(1, most * sizeof *pool + length + 1);
    *params = NULL;
    if (!pool)
        return -1;

    char *rest = memcpy(pool + most, query, length + 1);
    while (*rest) {
        char *pair = cut(&rest, '&');
        if (*pair == '\0')
            continue;
        struct query_param *param = &pool[used++];
        param->key = cut(&pair, '=');
        param->value = pair;
        if (!decode_in_place(param->key) || !decode_in_place(param->value)) {
            free(pool);
            return -1;
        }
        if (param != pool)
            link_param(pool, param);
    }
    if (used == 0)
        free(pool);
    else
        *params = pool;
    return 0;
}
