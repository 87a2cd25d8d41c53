$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  puts to_roman(Integer(line))
rescue ArgumentError
  puts "error"
end
