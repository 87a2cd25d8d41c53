$stdout.sync = true
$stdin.each_line do |line|
  puts format("%04d-%02d-%02d", *add_months(*line.split.map(&:to_i)))
rescue ArgumentError
  puts "error"
end
