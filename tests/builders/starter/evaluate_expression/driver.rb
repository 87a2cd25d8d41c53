$stdout.sync = true
$stdin.each_line(chomp: true) do |line|
  puts ExpressionEvaluator.evaluate(line)
rescue ArgumentError, RangeError, ZeroDivisionError
  puts 'error'
end
