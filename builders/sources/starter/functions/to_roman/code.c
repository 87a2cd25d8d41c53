#include <stddef.h>
#include <string.h>

/* Returns the length written, or -1 for a number out of range or a buffer that
   is too small; 16 characters hold every result. */
int to_roman(int number, char *buffer, size_t capacity)
{
    static const struct {
        int value;
        const char *symbol;
    } numerals[] = {
        {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"},
        {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"},
        {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
    };
    size_t length = 0;

    if (number < 1 || number > 3999 || buffer == NULL)
        return -1;

    for (size_t i = 0; i < sizeof numerals / sizeof numerals[0]; i++) {
        size_t width = strlen(numerals[i].symbol);
        while (number >= numerals[i].value) {
            if (length + width >= capacity)
                return -1;
            memcpy(buffer + length, numerals[i].symbol, width);
            length += width;
            number -= numerals[i].value;
        }
    }
    buffer[length] = '\0';
    return (int)length;
}
