#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

template <typename T>
class PriorityQueue {
public:
    std::size_t size() const noexcept { return heap_.size(); }

    void push(T item, int priority) {
        heap_.push_back({std::move(item), priority, pushed_++});
        std::size_t child = heap_.size() - 1;
        while (child > 0 && heap_[child] < heap_[(child - 1) / 2]) {
            std::swap(heap_[child], heap_[(child - 1) / 2]);
            child = (child - 1) / 2;
        }
    }

    T pop() {
        if (heap_.empty()) {
            throw std::out_of_range("pop from an empty priority queue");
        }
        std::swap(heap_.front(), heap_.back());
        T item = std::move(heap_.back().item);
        heap_.pop_back();
        for (std::size_t parent = 0;;) {
            std::size_t first = parent;
            const std::size_t left = 2 * parent + 1, right = left + 1;
            if (left < heap_.size() && heap_[left] < heap_[first]) {
                first = left;
            }
            if (right < heap_.size() && heap_[right] < heap_[first]) {
                first = right;
            }
            if (first == parent) {
                return item;
            }
            std::swap(heap_[first], heap_[parent]);
            parent = first;
        }
    }

private:
    struct Entry {
        T item;
        int priority;
        std::uint64_t sequence;

        bool operator<(const Entry &other) const {
            return std::tie(priority, sequence) < std::tie(other.priority, other.sequence);
        }
    };

    std::vector<Entry> heap_;
    std::uint64_t pushed_ = 0;
};
