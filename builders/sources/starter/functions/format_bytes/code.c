#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t round_to_tenths(uint64_t bytes, uint64_t size)
{
    return bytes / size * 10 + (bytes % size * 10 + size / 2) / size;
}

/* Returns the length written, or -1 for a negative count or a buffer that is
   too small; 11 characters are always enough. */
int format_bytes(int64_t count, char *buffer, size_t capacity)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int length;

    if (count < 0 || buffer == NULL)
        return -1;

    if (count < 1024) {
        length = snprintf(buffer, capacity, "%" PRId64 " B", count);
    } else {
        uint64_t bytes = (uint64_t)count;
        uint64_t size = 1024;
        size_t index = 0;
        while (round_to_tenths(bytes, size) >= 10240) {
            size *= 1024;
            index++;
        }
        uint64_t tenths = round_to_tenths(bytes, size);
        length = snprintf(buffer, capacity, "%" PRIu64 ".%" PRIu64 " %s",
                          tenths / 10, tenths % 10, units[index]);
    }
    return length < 0 || (size_t)length >= capacity ? -1 : length;
}
