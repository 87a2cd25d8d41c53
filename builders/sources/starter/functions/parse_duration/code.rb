DURATION = /\A
  (?:(?<days>\d{1,9})d)?
  (?:(?<hours>\d{1,9})h)?
  (?:(?<minutes>\d{1,9})m)?
  (?:(?<seconds>\d{1,9})s)?
\z/x

def parse_duration(text)
  match = DURATION.match(text)
  if match.nil? || match.captures.none?
    raise ArgumentError, "invalid duration: #{text.inspect}"
  end

  days, hours, minutes, seconds = match.captures.map(&:to_i)
  ((days * 24 + hours) * 60 + minutes) * 60 + seconds
end
