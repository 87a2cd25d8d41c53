$stdout.sync = true

$stdin.each_line do |line|
  intervals = line.split.map { |word| word.split(",").map(&:to_i).freeze }.freeze
  begin
    merged = merge_intervals(intervals)
    puts merged.empty? ? "none" : merged.map { |interval| interval.join(",") }.join(" ")
  rescue ArgumentError
    puts "error"
  end
end
