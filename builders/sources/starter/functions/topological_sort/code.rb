def topological_sort(n, edges)
  raise ArgumentError, "n must not be negative" if n.negative?

  successors = Array.new(n) { [] }
  waiting_for = Array.new(n, 0)
  edges.each do |before, after|
    unless [before, after].all? { |node| node.between?(0, n - 1) }
      raise ArgumentError, "edge #{before} -> #{after} names an unknown node"
    end

    successors[before] << after
    waiting_for[after] += 1
  end

  # Kept ascending, so that shift takes the smallest node.
  ready = (0...n).select { |node| waiting_for[node].zero? }
  order = []
  until ready.empty?
    node = ready.shift
    order << node
    successors[node].each do |after|
      waiting_for[after] -= 1
      next unless waiting_for[after].zero?

      ready.insert(ready.bsearch_index { |other| other > after } || ready.size, after)
    end
  end
  raise ArgumentError, "the dependencies contain a cycle" if order.size != n

  order
end
