$stdout.sync = true
$stdin.each_line do |line|
  threshold, *events = line.split.map(&:to_i)
  reported = []
  detector = DoubleClickDetector.new(threshold) { |time_ms, button| reported << "#{time_ms}:#{button}" }
  events.each_slice(2) { |time_ms, button| detector.click(time_ms, button) }
  puts reported.empty? ? 'none' : reported.join(' ')
rescue ArgumentError
  puts 'error'
end
