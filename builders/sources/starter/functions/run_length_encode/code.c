#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char DIGITS[] = "0123456789";

/* Bytes of the UTF-8 character at text: the lead byte and what continues it. */
static size_t symbol_size(const char *text)
{
    size_t size = 1;
    while (((unsigned char)text[size] & 0xC0) == 0x80)
        size++;
    return size;
}

/* The caller frees the result; NULL means a digit in the text or no memory. */
char *run_length_encode(const char *text)
{
    if (strpbrk(text, DIGITS) != NULL)
        return NULL;

    /* A run of n characters becomes one of them and at most n digits. */
    char *encoded = malloc(2 * strlen(text) + 1);
    if (!encoded)
        return NULL;

    char *out = encoded;
    while (*text) {
        size_t size = symbol_size(text);
        size_t count = 0;
        const char *symbol = text;
        do {
            text += size;
            count++;
        } while (strncmp(text, symbol, size) == 0);
        memcpy(out, symbol, size);
        out += size;
        out += sprintf(out, "%zu", count);
    }
    *out = '\0';
    return encoded;
}
