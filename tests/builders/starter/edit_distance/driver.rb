$stdin.set_encoding("UTF-8")
$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  puts edit_distance(*line.b.split("|", -1).map { |text| text.force_encoding("UTF-8") })
rescue ArgumentError
  puts "error"
end
