$stdout.sync = true
STDIN.set_encoding("UTF-8")
STDIN.each_line(chomp: true) do |raw|
  fields = parse_csv_line(raw.tr("~", "\n"))
  puts fields.map { |field| "[#{field}]" }.join.tr("\n", "~")
rescue ArgumentError
  puts "error"
end
