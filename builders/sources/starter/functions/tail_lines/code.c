#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 8192 };

/* The lines point into text, so both live and die together. */
struct tail {
    char *text;
    char **lines;
    size_t count;
};

void tail_free(struct tail *tail)
{
    free(tail->text);
    free(tail->lines);
    *tail = (struct tail){0};
}

static long tail_offset(FILE *file, long size, long count)
{
    char block[BLOCK_SIZE];

    if (count == 0)
        return size;

    long position = size - 1;
    while (position > 0) {
        long length = position < BLOCK_SIZE ? position : BLOCK_SIZE;
        position -= length;
        if (fseek(file, position, SEEK_SET) != 0
            || fread(block, 1, (size_t)length, file) != (size_t)length)
            return -1;
        for (long i = length - 1; i >= 0; i--)
            if (block[i] == '\n' && --count == 0)
                return position + i + 1;
    }
    return 0;
}

static int read_tail(FILE *file, long count, struct tail *tail)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return -1;
    long size = ftell(file);
    long offset = size < 0 ? -1 : tail_offset(file, size, count);
    if (offset < 0 || fseek(file, offset, SEEK_SET) != 0)
        return -1;

    size_t length = (size_t)(size - offset), capacity = 1;
    tail->text = malloc(length + 1);
    if (tail->text == NULL || fread(tail->text, 1, length, file) != length)
        return -1;
    tail->text[length] = '\0';

    for (size_t i = 0; i < length; i++)
        capacity += tail->text[i] == '\n';
    tail->lines = malloc(capacity * sizeof *tail->lines);
    if (tail->lines == NULL)
        return -1;

    char *end = tail->text + length;
    for (char *line = tail->text; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        if (stop == NULL)
            stop = end;
        *stop = '\0';
        tail->lines[tail->count++] = line;
        line = stop + 1;
    }
    return 0;
}

/* Returns 0, or -1; after success the caller releases *tail with tail_free(). */
int tail_lines(const char *path, long count, struct tail *tail)
{
    *tail = (struct tail){0};
    if (count < 0) {
        errno = EINVAL;
        return -1;
    }

    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    int status = read_tail(file, count, tail);
    if (status != 0)
        tail_free(tail);
    fclose(file);
    return status;
}
