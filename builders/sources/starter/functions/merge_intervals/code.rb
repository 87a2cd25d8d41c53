def merge_intervals(intervals)
  intervals.sort.each_with_object([]) do |(first, last), merged|
    raise ArgumentError, "interval starts after it ends: #{first} > #{last}" if first > last

    if merged.any? && first <= merged.last[1]
      merged.last[1] = [merged.last[1], last].max
    else
      merged << [first, last]
    end
  end
end
