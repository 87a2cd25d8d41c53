#include <iostream>
#include <sstream>

struct Script {
    EventBus<int> bus;
    std::string log;
    int labels = 0;
    int payloads = 0;

    void note(const std::string& text) { log += (log.empty() ? "" : " ") + text; }

    void step(const std::string& text)
    {
        const std::string topic = text.substr(1, 1);
        if (text[0] == '+') {
            const int label = ++labels;
            bus.subscribe(topic, [this, label, text](int payload) {
                note(std::to_string(label) + ":" + std::to_string(payload));
                if (text.size() > 2)
                    step(text.substr(2));
            });
        } else if (text[0] == '-') {
            note(bus.unsubscribe(std::stoi(text.substr(1))) ? "ok" : "no");
        } else if (text[0] == '!') {
            const int payload = ++payloads;
            note("=" + std::to_string(bus.publish(topic, payload)));
        } else {
            bus.subscribe(topic, nullptr);
        }
    }
};

int main()
{
    std::string line, text;
    while (std::getline(std::cin, line)) {
        Script script;
        std::istringstream words(line);
        try {
            while (words >> text)
                script.step(text);
            std::cout << script.log << std::endl;
        } catch (const std::invalid_argument&) {
            std::cout << "error" << std::endl;
        }
    }
}
