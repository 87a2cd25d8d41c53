$stdout.sync = true
$stdin.each_line do |line|
  window, *values = line.split
  averages = moving_average(values.map(&:to_f), window.to_i)
  puts "[#{averages.map { |average| format("%.4f", average) }.join(" ")}]"
rescue ArgumentError
  puts "error"
end
