$stdout.sync = true
$stdin.set_encoding("UTF-8")
$stdin.each_line(chomp: true) do |input|
  number, content = input.split("|", 2)
  File.write("tail_lines.tmp", content.gsub("\\n", "\n")) if content
  begin
    lines = tail_lines("tail_lines.tmp", number.to_i)
    puts "#{lines.size}:#{lines.map { |line| " [#{line}]" }.join}"
  rescue ArgumentError, SystemCallError
    puts "error"
  end
  File.delete("tail_lines.tmp") if content
end
