BLOCK_SIZE = 8192
LINE_FEED = "\n".ord

def tail_lines(path, count)
  raise ArgumentError, "count must not be negative: #{count}" if count.negative?

  File.open(path, "rb:UTF-8") do |file|
    file.seek(tail_offset(file, count))
    # chomp would also take the carriage return of a CRLF.
    file.each_line.map { |line| line.delete_suffix("\n") }
  end
end

def tail_offset(file, count)
  return file.size if count.zero?

  position = file.size - 1
  while position.positive?
    length = [BLOCK_SIZE, position].min
    position -= length
    file.seek(position)
    block = file.read(length)

    (length - 1).downto(0) do |i|
      next unless block.getbyte(i) == LINE_FEED

      count -= 1
      return position + i + 1 if count.zero?
    end
  end
  0
end
