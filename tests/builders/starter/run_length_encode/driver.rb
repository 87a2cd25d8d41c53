$stdout.sync = true
STDIN.set_encoding("UTF-8")
STDIN.each_line(chomp: true) do |line|
  puts run_length_encode(line)
rescue ArgumentError
  puts "error"
end
