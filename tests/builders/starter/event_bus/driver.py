import sys


# Steps: "+t" subscribes to topic t, "-3" unsubscribes token 3, "!t" publishes to t,
# "?t" subscribes without a handler; "+tSTEP" subscribes a handler that runs STEP.
def run(steps):
    bus, log, labels, payloads = EventBus(), [], iter(range(1, 99)), iter(range(1, 99))

    def step(text):
        if text[0] == "+":
            label = next(labels)

            def handler(payload):
                log.append(f"{label}:{payload}")
                if text[2:]:
                    step(text[2:])

            assert bus.subscribe(text[1], handler) == label
        elif text[0] == "-":
            log.append("ok" if bus.unsubscribe(int(text[1:])) else "no")
        elif text[0] == "!":
            log.append(f"={bus.publish(text[1], next(payloads))}")
        else:
            bus.subscribe(text[1], None)

    for text in steps:
        step(text)
    return " ".join(log)


for line in sys.stdin:
    try:
        print(run(line.split()), flush=True)
    except TypeError:
        print("error", flush=True)
