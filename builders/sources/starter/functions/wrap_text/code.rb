def wrap_text(text, width)
  unless width.is_a?(Integer) && width.positive?
    raise ArgumentError, "width must be a positive integer, got #{width.inspect}"
  end

  text.split.each_with_object([]) do |word, lines|
    if lines.any? && lines.last.length + 1 + word.length <= width
      lines.last << " " << word
    else
      lines.concat(word.each_char.each_slice(width).map(&:join))
    end
  end
end
