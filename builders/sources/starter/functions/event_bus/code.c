#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef void (*event_handler)(void *context, const void *payload);

typedef struct subscription {
    struct subscription *next;
    long token;
    event_handler handler;
    void *context;
    bool live;
    char topic[];
} subscription;

/* Start with event_bus bus = {0}; and end with event_bus_clear(&bus). */
typedef struct {
    subscription *first;
    long last_token;
    int running;
} event_bus;

/* Keeps its own copy of the topic; returns -1 without a handler or memory. */
long event_bus_subscribe(event_bus *bus, const char *topic, event_handler handler, void *context)
{
    if (!topic || !handler)
        return -1;
    size_t size = strlen(topic) + 1;
    subscription *added = malloc(sizeof *added + size);
    if (!added)
        return -1;
    *added = (subscription){.token = ++bus->last_token, .handler = handler, .context = context, .live = true};
    memcpy(added->topic, topic, size);

    subscription **end = &bus->first;
    while (*end)
        end = &(*end)->next;
    *end = added;
    return added->token;
}

/* Nodes must stay in place while a publish is still walking the list. */
static void sweep(event_bus *bus)
{
    subscription **link = &bus->first;
    while (bus->running == 0 && *link) {
        subscription *item = *link;
        if (item->live) {
            link = &item->next;
        } else {
            *link = item->next;
            free(item);
        }
    }
}

bool event_bus_unsubscribe(event_bus *bus, long token)
{
    for (subscription *item = bus->first; item; item = item->next) {
        if (item->live && item->token == token) {
            item->live = false;
            sweep(bus);
            return true;
        }
    }
    return false;
}

size_t event_bus_publish(event_bus *bus, const char *topic, const void *payload)
{
    size_t called = 0;
    long newest = bus->last_token;
    bus->running++;
    for (subscription *item = bus->first; item && item->token <= newest; item = item->next) {
        if (item->live && strcmp(item->topic, topic) == 0) {
            item->handler(item->context, payload);
            called++;
        }
    }
    bus->running--;
    sweep(bus);
    return called;
}

void event_bus_clear(event_bus *bus)
{
    for (subscription *item = bus->first; item; item = item->next)
        item->live = false;
    sweep(bus);
}
