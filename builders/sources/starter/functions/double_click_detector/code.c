#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*double_click_handler)(int64_t time_ms, int button, void *context);

struct double_click_detector {
    int64_t threshold_ms;
    double_click_handler handler;
    void *context;
    bool pending;
    int64_t first_ms;
    int first_button;
};

/* The context is handed to the handler as it is and stays with the caller. Returns 0, or -1 for a bad argument. */
int double_click_detector_init(struct double_click_detector *detector, int64_t threshold_ms,
                               double_click_handler handler, void *context)
{
    if (detector == NULL || handler == NULL || threshold_ms < 1)
        return -1;
    *detector = (struct double_click_detector){
        .threshold_ms = threshold_ms, .handler = handler, .context = context,
    };
    return 0;
}

/* Returns 0, or -1 for a bad argument. */
int double_click_detector_click(struct double_click_detector *detector, int64_t time_ms, int button)
{
    if (detector == NULL || time_ms < 0)
        return -1;
    bool completes = detector->pending && button == detector->first_button
        && time_ms >= detector->first_ms && time_ms - detector->first_ms <= detector->threshold_ms;
    /* Settled before the handler runs, which may send more clicks. */
    detector->pending = !completes;
    detector->first_ms = time_ms;
    detector->first_button = button;
    if (completes)
        detector->handler(time_ms, button, detector->context);
    return 0;
}
