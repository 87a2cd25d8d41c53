$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  puts format_bytes(Integer(line))
rescue ArgumentError
  puts "error"
end
