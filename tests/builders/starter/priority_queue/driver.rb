$stdout.sync = true
$stdin.each_line do |line|
  queue = PriorityQueue.new
  words = line.split
  out = []
  until words.empty?
    case words.shift
    when "push"
      queue.push(words.shift, words.shift.to_i)
    when "size"
      out << queue.size
    else
      begin
        out << queue.pop
      rescue IndexError
        out << "error"
      end
    end
  end
  puts out.join(" ")
end
