$stdout.sync = true
STDIN.each_line(chomp: true) do |line|
  n, *pairs = line.split
  puts topological_sort(n.to_i, pairs.map { |pair| pair.split(">").map(&:to_i) }).join(" ")
rescue ArgumentError
  puts "error"
end
