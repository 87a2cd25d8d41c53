#include <cstddef>
#include <list>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

class LruCache {
public:
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("capacity must be at least 1");
        }
    }

    // The index holds iterators into this object's own list.
    LruCache(const LruCache&) = delete;
    LruCache& operator=(const LruCache&) = delete;

    std::optional<int> get(int key) {
        const auto found = index_.find(key);
        if (found == index_.end()) {
            return std::nullopt;
        }
        move_to_front(found->second);
        return found->second->second;
    }

    void put(int key, int value) {
        if (const auto found = index_.find(key); found != index_.end()) {
            found->second->second = value;
            move_to_front(found->second);
            return;
        }
        if (entries_.size() == capacity_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
        entries_.emplace_front(key, value);
        index_.emplace(key, entries_.begin());
    }

private:
    using Entries = std::list<std::pair<int, int>>;

    void move_to_front(Entries::iterator entry) {
        entries_.splice(entries_.begin(), entries_, entry);
    }

    std::size_t capacity_;
    Entries entries_;  // most recently used first
    std::unordered_map<int, Entries::iterator> index_;
};
