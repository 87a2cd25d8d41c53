def edit_distance(left, right)
  shorter, longer = [left.codepoints, right.codepoints].sort_by(&:size)
  previous = (0..shorter.size).to_a
  longer.each_with_index do |a, i|
    current = [i + 1]
    shorter.each_with_index do |b, j|
      replaced = previous[j] + (a == b ? 0 : 1)
      current << [previous[j + 1] + 1, current[j] + 1, replaced].min
    end
    previous = current
  end
  previous.last
end
