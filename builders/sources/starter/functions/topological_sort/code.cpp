#include <functional>
#include <queue>
#include <stdexcept>
#include <utility>
#include <vector>

std::vector<int> topological_sort(int n, const std::vector<std::pair<int, int>>& edges)
{
    if (n < 0)
        throw std::invalid_argument("n must not be negative");
    const auto is_node = [n](int node) { return node >= 0 && node < n; };
    std::vector<std::vector<int>> successors(n);
    std::vector<int> waiting_for(n, 0);
    for (const auto& [before, after] : edges) {
        if (!is_node(before) || !is_node(after))
            throw std::invalid_argument("an edge names an unknown node");
        successors[before].push_back(after);
        ++waiting_for[after];
    }

    std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
    for (int node = 0; node < n; ++node) {
        if (waiting_for[node] == 0)
            ready.push(node);
    }
    std::vector<int> order;
    order.reserve(n);
    while (!ready.empty()) {
        const int node = ready.top();
        ready.pop();
        order.push_back(node);
        for (const int after : successors[node]) {
            if (--waiting_for[after] == 0)
                ready.push(after);
        }
    }
    if (order.size() != successors.size())
        throw std::invalid_argument("the dependencies contain a cycle");
    return order;
}
