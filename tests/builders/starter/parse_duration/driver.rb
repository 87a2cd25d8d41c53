$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  puts parse_duration(line)
rescue ArgumentError
  puts "error"
end
