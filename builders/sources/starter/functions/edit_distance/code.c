#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Returns the number of code points, or -1 when the text is not valid UTF-8. */
static ptrdiff_t decode_utf8(const char *text, uint32_t *out)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    ptrdiff_t count = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        int extra = *p < 0x80 ? 0 : *p < 0xE0 ? 1 : *p < 0xF0 ? 2 : 3;
        uint32_t code = extra ? *p & (0x3F >> extra) : *p;
        if ((*p >= 0x80 && *p < 0xC2) || *p > 0xF4)
            return -1;
        for (int left = extra; left > 0; left--) {
            if ((*++p & 0xC0) != 0x80)
                return -1;
            code = code << 6 | (*p & 0x3F);
        }
        if (code < least[extra] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return -1;
        out[count++] = code;
    }
    return count;
}

static ptrdiff_t distance(const uint32_t *longer, ptrdiff_t n, const uint32_t *shorter, ptrdiff_t m)
{
    ptrdiff_t *rows = malloc(2 * ((size_t)m + 1) * sizeof *rows);
    if (!rows)
        return -1;
    ptrdiff_t *previous = rows, *current = rows + m + 1;
    for (ptrdiff_t j = 0; j <= m; j++)
        previous[j] = j;

    for (ptrdiff_t i = 0; i < n; i++) {
        current[0] = i + 1;
        for (ptrdiff_t j = 0; j < m; j++) {
            ptrdiff_t best = previous[j] + (longer[i] != shorter[j]);
            if (previous[j + 1] + 1 < best)
                best = previous[j + 1] + 1;
            if (current[j] + 1 < best)
                best = current[j] + 1;
            current[j + 1] = best;
        }
        ptrdiff_t *swap = previous;
        previous = current;
        current = swap;
    }
    ptrdiff_t result = previous[m];
    free(rows);
    return result;
}

/* Both texts are UTF-8. Returns -1 when one is malformed or memory runs out. */
ptrdiff_t edit_distance(const char *left, const char *right)
{
    uint32_t *a = malloc((strlen(left) + 1) * sizeof *a);
    uint32_t *b = malloc((strlen(right) + 1) * sizeof *b);
    ptrdiff_t n = a ? decode_utf8(left, a) : -1;
    ptrdiff_t m = b ? decode_utf8(right, b) : -1;
    ptrdiff_t result = -1;
    if (n >= 0 && m >= 0)
        result = n >= m ? distance(a, n, b, m) : distance(b, m, a, n);
    free(a);
    free(b);
    return result;
}
