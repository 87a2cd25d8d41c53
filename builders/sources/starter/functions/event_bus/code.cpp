#include <cstddef>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

template <typename Payload>
class EventBus {
public:
    using Handler = std::function<void(const Payload&)>;

    int subscribe(const std::string& topic, Handler handler)
    {
        if (!handler)
            throw std::invalid_argument("empty handler");
        const int token = ++last_token_;
        handlers_[topic].emplace(token, std::move(handler));
        topics_.emplace(token, topic);
        return token;
    }

    bool unsubscribe(int token)
    {
        const auto entry = topics_.find(token);
        if (entry == topics_.end())
            return false;
        const auto group = handlers_.find(entry->second);
        group->second.erase(token);
        if (group->second.empty())
            handlers_.erase(group);
        topics_.erase(entry);
        return true;
    }

    std::size_t publish(const std::string& topic, const Payload& payload)
    {
        const auto group = handlers_.find(topic);
        if (group == handlers_.end())
            return 0;
        std::size_t called = 0;
        // The copy keeps a handler alive even while it unsubscribes itself.
        const std::map<int, Handler> snapshot = group->second;
        for (const auto& [token, handler] : snapshot) {
            if (topics_.count(token) == 0)
                continue;
            handler(payload);
            ++called;
        }
        return called;
    }

private:
    std::unordered_map<std::string, std::map<int, Handler>> handlers_;
    std::unordered_map<int, std::string> topics_;
    int last_token_ = 0;
};
