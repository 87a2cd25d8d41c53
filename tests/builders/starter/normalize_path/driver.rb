$stdout.sync = true
$stdin.set_encoding("UTF-8")
$stdin.each_line(chomp: true) do |line|
  puts normalize_path(line)
rescue ArgumentError
  puts "error"
end
