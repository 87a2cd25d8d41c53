ROMAN_NUMERALS = {
  "M" => 1000, "CM" => 900, "D" => 500, "CD" => 400,
  "C" => 100, "XC" => 90, "L" => 50, "XL" => 40,
  "X" => 10, "IX" => 9, "V" => 5, "IV" => 4, "I" => 1
}.freeze

def to_roman(number)
  unless number.is_a?(Integer) && number.between?(1, 3999)
    raise ArgumentError, "expected an integer between 1 and 3999, got #{number.inspect}"
  end

  ROMAN_NUMERALS.map do |symbol, value|
    times, number = number.divmod(value)
    symbol * times
  end.join
end
