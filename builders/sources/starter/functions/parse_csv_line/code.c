#include <stdlib.h>
#include <string.h>

/*
 * Returns NULL for a malformed record or when memory runs out. The pointers
 * and the text they point to lie in one block: release it with one free().
 */
char **parse_csv_line(const char *line, size_t *count)
{
    size_t slots = 1;
    for (const char *p = line; *p; p++)
        slots += *p == ',';

    char **fields = malloc(slots * sizeof *fields + strlen(line) + 1);
    if (!fields)
        return NULL;

    enum { START, PLAIN, QUOTED, CLOSING } state = START;
    char *out = (char *)(fields + slots);
    char *field = out;
    size_t used = 0;

    for (const char *p = line; *p; p++) {
        if (state == QUOTED) {
            if (*p == '"')
                state = CLOSING;
            else
                *out++ = *p;
        } else if (*p == ',') {
            *out++ = '\0';
            fields[used++] = field;
            field = out;
            state = START;
        } else if (*p == '"' && state == START) {
            state = QUOTED;
        } else if (*p == '"' && state == CLOSING) {
            *out++ = '"';
            state = QUOTED;
        } else if (*p == '"' || state == CLOSING) {
            free(fields);
            return NULL;
        } else {
            *out++ = *p;
            state = PLAIN;
        }
    }
    if (state == QUOTED) {
        free(fields);
        return NULL;
    }
    *out = '\0';
    fields[used++] = field;
    *count = used;
    return fields;
}
