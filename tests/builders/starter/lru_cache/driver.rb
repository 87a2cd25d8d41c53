$stdout.sync = true

def answer(words)
  cache = LRUCache.new(words.shift.to_i)
  out = []
  until words.empty?
    if words.shift == "put"
      cache.put(words.shift.to_i, words.shift.to_i)
    else
      out << (cache.get(words.shift.to_i) || "none")
    end
  end
  out.join(" ")
rescue ArgumentError
  "error"
end

$stdin.each_line { |line| puts answer(line.split) }
