$stdout.sync = true
$stdin.each_line do |line|
  puts compare_versions(*line.split)
rescue ArgumentError
  puts "error"
end
