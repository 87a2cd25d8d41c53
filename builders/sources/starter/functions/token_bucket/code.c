#include <stddef.h>
#include <stdint.h>

#define UNITS_PER_TOKEN INT64_C(1000)

/* Amounts are in thousandths of a token, the rate is per millisecond. */
struct token_bucket {
    int64_t capacity;
    int64_t rate;
    int64_t level;
    int64_t latest_ms;
};

/* Returns 0, or -1 for an invalid argument. */
int token_bucket_init(struct token_bucket *bucket, int32_t capacity, int32_t refill_per_second)
{
    if (bucket == NULL || capacity < 1 || refill_per_second < 1)
        return -1;
    bucket->capacity = capacity * UNITS_PER_TOKEN;
    bucket->rate = refill_per_second;
    bucket->level = bucket->capacity;
    bucket->latest_ms = 0;
    return 0;
}

static void refill(struct token_bucket *bucket, int64_t now_ms)
{
    int64_t now = now_ms > bucket->latest_ms ? now_ms : bucket->latest_ms;
    int64_t elapsed = now - bucket->latest_ms;

    /* Comparing by division keeps a very long pause from overflowing the product. */
    if (elapsed > (bucket->capacity - bucket->level) / bucket->rate)
        bucket->level = bucket->capacity;
    else
        bucket->level += elapsed * bucket->rate;
    bucket->latest_ms = now;
}

/* Returns 1 for yes, 0 for no, -1 for an invalid argument. */
int token_bucket_allow(struct token_bucket *bucket, int64_t now_ms, int32_t cost)
{
    if (bucket == NULL || cost < 1)
        return -1;
    refill(bucket, now_ms);
    int64_t needed = cost * UNITS_PER_TOKEN;
    if (needed > bucket->level)
        return 0;
    bucket->level -= needed;
    return 1;
}
