$stdout.sync = true
$stdin.set_encoding('UTF-8')
$stdin.each_line(chomp: true) do |line|
  limit, _, text = line.partition(' ')
  pairs = word_frequencies(text, limit.to_i)
  puts pairs.empty? ? 'none' : pairs.map { |word, count| "#{word}:#{count}" }.join(' ')
rescue ArgumentError
  puts 'error'
end
