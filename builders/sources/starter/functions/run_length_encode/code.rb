def run_length_encode(text)
  if text.match?(/[0-9]/)
    raise ArgumentError, "digits in the text cannot be told from counts"
  end

  text.each_char
      .slice_when { |before, after| before != after }
      .map { |run| "#{run.first}#{run.size}" }
      .join
end
