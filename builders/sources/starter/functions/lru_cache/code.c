#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct lru_entry {
    int key;
    int value;
    struct lru_entry *prev, *next;
    struct lru_entry *chain; /* next entry in the same bucket */
};

struct lru_cache {
    size_t capacity;
    size_t count;
    struct lru_entry head; /* head.next is the newest entry, head.prev the oldest */
    struct lru_entry *entries;
    struct lru_entry **buckets;
};

/* Returns the link that points to the key's entry, or the null link that ends its bucket. */
static struct lru_entry **find_link(struct lru_cache *cache, int key)
{
    struct lru_entry **link = &cache->buckets[(unsigned)key * 2654435769u % cache->capacity];

    while (*link != NULL && (*link)->key != key)
        link = &(*link)->chain;
    return link;
}

static void move_to_front(struct lru_cache *cache, struct lru_entry *entry)
{
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
    entry->prev = &cache->head;
    entry->next = cache->head.next;
    entry->next->prev = entry;
    cache->head.next = entry;
}

void lru_cache_destroy(struct lru_cache *cache)
{
    if (cache == NULL)
        return;
    free(cache->entries);
    free(cache->buckets);
    free(cache);
}

/* The caller frees the cache with lru_cache_destroy(); NULL for capacity 0 or lack of memory. */
struct lru_cache *lru_cache_create(size_t capacity)
{
    struct lru_cache *cache = capacity > 0 ? calloc(1, sizeof *cache) : NULL;

    if (cache == NULL)
        return NULL;
    cache->capacity = capacity;
    cache->head.prev = cache->head.next = &cache->head;
    cache->entries = calloc(capacity, sizeof *cache->entries);
    cache->buckets = calloc(capacity, sizeof *cache->buckets);
    if (cache->entries == NULL || cache->buckets == NULL) {
        lru_cache_destroy(cache);
        return NULL;
    }
    return cache;
}

bool lru_cache_get(struct lru_cache *cache, int key, int *value)
{
    struct lru_entry *entry = *find_link(cache, key);

    if (entry == NULL)
        return false;
    move_to_front(cache, entry);
    *value = entry->value;
    return true;
}

void lru_cache_put(struct lru_cache *cache, int key, int value)
{
    struct lru_entry *entry = *find_link(cache, key);

    if (entry != NULL) {
        entry->value = value;
        move_to_front(cache, entry);
        return;
    }
    if (cache->count < cache->capacity) {
        entry = &cache->entries[cache->count++];
        entry->prev = entry->next = entry;
    } else {
        entry = cache->head.prev;
        *find_link(cache, entry->key) = entry->chain;
    }
    entry->key = key;
    entry->value = value;
    entry->chain = NULL;
    *find_link(cache, key) = entry;
    move_to_front(cache, entry);
}
