#include <algorithm>
#include <cstdint>
#include <stdexcept>

class TokenBucket {
public:
    TokenBucket(int capacity, int refill_per_second)
        : capacity_(capacity * kUnitsPerToken), rate_(refill_per_second), level_(capacity_)
    {
        if (capacity < 1 || refill_per_second < 1) {
            throw std::invalid_argument("capacity and refill rate must be at least 1");
        }
    }

    bool allow(std::int64_t now_ms, int cost = 1)
    {
        if (cost < 1) {
            throw std::invalid_argument("cost must be at least 1");
        }
        refill(now_ms);
        const std::int64_t needed = cost * kUnitsPerToken;
        if (needed > level_) {
            return false;
        }
        level_ -= needed;
        return true;
    }

private:
    static constexpr std::int64_t kUnitsPerToken = 1000;

    void refill(std::int64_t now_ms)
    {
        const std::int64_t now = std::max(now_ms, latest_ms_);
        const std::int64_t elapsed = now - latest_ms_;
        // Comparing by division keeps a very long pause from overflowing the product.
        level_ = elapsed > (capacity_ - level_) / rate_ ? capacity_ : level_ + elapsed * rate_;
        latest_ms_ = now;
    }

    // Amounts are in thousandths of a token, the rate is per millisecond.
    std::int64_t capacity_;
    std::int64_t rate_;
    std::int64_t level_;
    std::int64_t latest_ms_ = 0;
};
