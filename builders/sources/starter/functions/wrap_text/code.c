#include <stdlib.h>
#include <string.h>

static char *append(char *end, const char *word, size_t length)
{
    memcpy(end, word, length);
    end[length] = '\0';
    return end + length + 1;
}

/* Returns *count lines in one block that the caller releases with free(), or
   NULL for bad arguments or lack of memory. */
char **wrap_text(const char *text, int width, size_t *count)
{
    static const char blanks[] = " \t\n\v\f\r";

    if (text == NULL || count == NULL || width < 1)
        return NULL;

    /* Each line has at least one character and one terminator. */
    size_t size = strlen(text);
    char **lines = malloc((size + 1) * sizeof *lines + 2 * size);
    if (lines == NULL)
        return NULL;

    char *end = (char *)(lines + size + 1);
    size_t limit = (size_t)width;
    size_t used = 0;
    *count = 0;
    for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
        size_t length = strcspn(text, blanks);
        if (used > 0 && used + 1 + length <= limit) {
            end[-1] = ' ';
            end = append(end, text, length);
            used += 1 + length;
            text += length;
            continue;
        }
        while (length > 0) {
            used = length < limit ? length : limit;
            lines[(*count)++] = end;
            end = append(end, text, used);
            text += used;
            length -= used;
        }
    }
    return lines;
}
