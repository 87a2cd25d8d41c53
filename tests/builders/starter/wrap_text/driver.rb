$stdout.sync = true
$stdin.each_line(chomp: true) do |request|
  number, _, paragraph = request.partition(" ")
  wrapped = wrap_text(paragraph, Integer(number))
  puts [wrapped.size, *wrapped].join("|")
rescue ArgumentError
  puts "error"
end
