#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Returns a new string that the caller frees, or NULL with errno set. */
char *normalize_path(const char *path)
{
    if (path == NULL || *path == '\0') {
        errno = EINVAL;
        return NULL;
    }

    char *out = malloc(strlen(path) + 1);
    if (out == NULL)
        return NULL;

    bool absolute = *path == '/';
    size_t root = absolute ? 1 : 0;
    size_t length = root;
    size_t names = 0;

    if (absolute)
        out[0] = '/';

    while (*path != '\0') {
        size_t n = strcspn(path, "/");
        const char *part = path;
        path += path[n] == '/' ? n + 1 : n;

        if (n == 0 || (n == 1 && part[0] == '.'))
            continue;

        bool parent = n == 2 && part[0] == '.' && part[1] == '.';
        if (parent && names > 0) {
            while (length > root && out[length - 1] != '/')
                length--;
            if (length > root)
                length--;
            names--;
            continue;
        }
        if (parent && absolute)
            continue;

        if (length > root)
            out[length++] = '/';
        memcpy(out + length, part, n);
        length += n;
        if (!parent)
            names++;
    }

    if (length == 0)
        out[length++] = '.';
    out[length] = '\0';
    return out;
}
