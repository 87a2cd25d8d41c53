CLOSERS = { "(" => ")", "[" => "]", "{" => "}" }.freeze

def balanced?(text)
  expected = []
  in_string = escaped = false

  text.each_char do |char|
    if in_string
      in_string = false if char == '"' && !escaped
      escaped = char == "\\" && !escaped
    elsif char == '"'
      in_string = true
    elsif CLOSERS.key?(char)
      expected.push(CLOSERS[char])
    elsif CLOSERS.value?(char)
      return false if expected.pop != char
    end
  end
  expected.empty? && !in_string
end
