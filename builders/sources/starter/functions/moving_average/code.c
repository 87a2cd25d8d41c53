#include <stddef.h>

/* averages must have room for count - window + 1 numbers; -1 means that the window is refused. */
ptrdiff_t moving_average(const double *values, size_t count, int window, double *averages)
{
    if (window <= 0)
        return -1;

    size_t width = (size_t)window;
    ptrdiff_t written = 0;
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        if (i >= width)
            sum -= values[i - width];
        if (i + 1 >= width)
            averages[written++] = sum / window;
    }
    return written;
}
