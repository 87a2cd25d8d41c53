$stdin.set_encoding("UTF-8")
$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  params = parse_query_string(line)
  puts "{#{params.sort.map { |key, values| "#{key}=[#{values.join("|")}]" }.join(" ")}}"
rescue ArgumentError
  puts "error"
end
