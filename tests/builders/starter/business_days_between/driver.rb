$stdout.sync = true

$stdin.each_line do |line|
  puts business_days_between(*line.chomp.split(",", 2))
rescue ArgumentError
  puts "error"
end
