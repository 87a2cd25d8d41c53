#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

class DoubleClickDetector {
public:
    using Handler = std::function<void(std::int64_t time_ms, int button)>;

    DoubleClickDetector(std::int64_t threshold_ms, Handler on_double_click)
        : threshold_ms_(threshold_ms), on_double_click_(std::move(on_double_click))
    {
        if (threshold_ms_ < 1 || !on_double_click_) {
            throw std::invalid_argument("a threshold of at least 1 ms and a handler are needed");
        }
    }

    void click(std::int64_t time_ms, int button)
    {
        if (time_ms < 0) {
            throw std::invalid_argument("time must not be negative");
        }
        const Click current{time_ms, button};
        const bool completes = pending_ && current.follows(*pending_, threshold_ms_);
        // Settled before the handler runs, which may throw or send more clicks.
        pending_ = completes ? std::nullopt : std::make_optional(current);
        if (completes) {
            on_double_click_(time_ms, button);
        }
    }

private:
    struct Click {
        std::int64_t time_ms;
        int button;

        bool follows(const Click &first, std::int64_t threshold_ms) const
        {
            return button == first.button && time_ms >= first.time_ms && time_ms - first.time_ms <= threshold_ms;
        }
    };

    std::int64_t threshold_ms_;
    Handler on_double_click_;
    std::optional<Click> pending_;
};
