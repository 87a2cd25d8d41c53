$stdout.sync = true
$stdin.each_line do |line|
  capacity, rate, *calls = line.split.map(&:to_i)
  begin
    bucket = TokenBucket.new(capacity, rate)
    puts calls.each_slice(2).map { |now, cost| bucket.allow?(now, cost) ? 'yes' : 'no' }.join(' ')
  rescue ArgumentError
    puts 'error'
  end
end
