#include <stdio.h>

static event_bus bus;
static char output[4096];
static char *scripts[64];
static int labels, payloads, failed;

static void step(const char *text);

static void note(const char *text)
{
    snprintf(output + strlen(output), sizeof output - strlen(output), "%s%s", *output ? " " : "", text);
}

static void on_event(void *context, const void *payload)
{
    int label = (int)((char **)context - scripts);
    char text[32];
    snprintf(text, sizeof text, "%d:%d", label, *(const int *)payload);
    note(text);
    if (strlen(scripts[label]) > 2)
        step(scripts[label] + 2);
}

static void step(const char *text)
{
    char topic[2] = {text[1], '\0'}, result[32];
    if (text[0] == '+') {
        scripts[++labels] = (char *)text;
        failed |= event_bus_subscribe(&bus, topic, on_event, &scripts[labels]) != labels;
    } else if (text[0] == '-') {
        note(event_bus_unsubscribe(&bus, atol(text + 1)) ? "ok" : "no");
    } else if (text[0] == '!') {
        int payload = ++payloads;
        snprintf(result, sizeof result, "=%zu", event_bus_publish(&bus, topic, &payload));
        note(result);
    } else {
        failed |= event_bus_subscribe(&bus, topic, NULL, NULL) < 0;
    }
}

int main(void)
{
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        output[0] = '\0';
        labels = payloads = failed = 0;
        for (char *text = strtok(line, " \n"); text; text = strtok(NULL, " \n"))
            step(text);
        event_bus_clear(&bus);
        bus.last_token = 0;
        puts(failed ? "error" : output);
        fflush(stdout);
    }
    return 0;
}
