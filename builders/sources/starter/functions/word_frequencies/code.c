#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct word_count {
    const char *word;
    size_t count;
};

/* The words point into letters; release both with word_counts_free. */
struct word_counts {
    struct word_count *items;
    size_t length;
    char *letters;
};

static bool is_word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static int by_word(const void *a, const void *b)
{
    const struct word_count *x = a, *y = b;
    return strcmp(x->word, y->word);
}

static int by_rank(const void *a, const void *b)
{
    const struct word_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->word, y->word);
}

/* Cuts the text in place; an apostrophe stays only inside a word. */
static size_t split(char *text, struct word_count *items)
{
    size_t length = 0;
    while (*text != '\0') {
        if (!is_word_byte(*text)) {
            text++;
            continue;
        }
        items[length++] = (struct word_count){ text, 1 };
        while (is_word_byte(*text) || (*text == '\'' && is_word_byte(text[1])))
            text++;
        if (*text != '\0')
            *text++ = '\0';
    }
    return length;
}

/* Returns 0, or -1 for a bad argument or when memory runs out. */
int word_frequencies(const char *text, int k, struct word_counts *result)
{
    if (text == NULL || k < 0 || result == NULL)
        return -1;
    size_t size = strlen(text) + 1, distinct = 0;
    char *letters = malloc(size);
    struct word_count *items = malloc((size / 2 + 1) * sizeof *items);
    if (letters == NULL || items == NULL) {
        free(letters);
        free(items);
        return -1;
    }
    for (size_t i = 0; i < size; i++)
        letters[i] = text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i];

    size_t words = split(letters, items);
    qsort(items, words, sizeof *items, by_word);
    for (size_t i = 0; i < words; i++) {
        if (distinct > 0 && strcmp(items[distinct - 1].word, items[i].word) == 0)
            items[distinct - 1].count++;
        else
            items[distinct++] = items[i];
    }
    qsort(items, distinct, sizeof *items, by_rank);
    result->items = items;
    result->length = distinct < (size_t)k ? distinct : (size_t)k;
    result->letters = letters;
    return 0;
}

void word_counts_free(struct word_counts *counts)
{
    free(counts->items);
    free(counts->letters);
    *counts = (struct word_counts){ NULL, 0, NULL };
}
